import "server-only";

import type { Tx } from "@/lib/db/client";
import { brokenConstraint } from "@/lib/db/errors";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { takeKeys, wantsKeys } from "@/lib/domain/feed/address-keys";
import { feedSettingsSchema, type FeedPatch } from "@/lib/domain/feed/feed";
import { mergeSettings } from "@/lib/domain/feed/merge-settings";
import { nextRunAt } from "@/lib/domain/feed/schedule";
import { tlpCode } from "@/lib/domain/indicator/types";
import { feedShared } from "@/lib/jobs/feed-shared.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announcePlans } from "@/lib/services/planning/announce-plans";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { openFeedSecrets, sealAddress, sealFeedSecrets } from "./feed-secrets";
import { refuseOtherHost } from "./other-host";
import { FEED_SELECT, toFeedView, type FeedRow, type FeedView } from "./feed-view";
import { keepUpload, type KeptUpload } from "./keep-upload";

/** What decides which bytes come and what becomes of them: after a change of one, the same bytes are read anew. */
const READING = [
  "url",
  "format",
  "csv",
  "json",
  "misp",
  "taxii",
  "zipEntry",
  "exclusionRegex",
  "confidence",
  "tlp",
  "tags",
  "headers",
  "auth",
  "removal",
  "graceRuns",
  "expiryDays",
  "expiryDaysByType",
  "expireFrom",
  "shrinkLimitPercent",
  "guards",
] as const satisfies readonly (keyof FeedPatch)[];

/** What of a feed decides about the records that it has a part in, whatever its next run brings. */
const SAID = ["name", "visibility", "storeOnly"] as const satisfies readonly (keyof FeedPatch)[];

/** Changes a feed's settings; only the fields given, of objects too. Throws `conflict` for a name that is taken. */
export const updateFeed = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  patch: FeedPatch,
): Promise<FeedView> => {
  const now = new Date();
  const { headers, auth, tlp } = patch;
  const isNewSignIn = headers !== undefined && auth !== undefined;
  try {
    const updated = await asTeam(teamId, async (tx) => {
      // Nobody else's change may come between what is read here and what is written: a secret goes with its address.
      await tx.$queryRaw`SELECT id FROM feed WHERE id = ${id}::uuid FOR UPDATE`;
      const before = await tx.feed.findFirst({ where: { id, teamId, deletedAt: null }, select: FEED_SELECT });
      if (!before) throw new AppError("not_found", "There is no such feed.");
      refuseFixed(before.kind, patch);
      if (patch.url === null && before.url !== null) throw needsAddress();
      // Whoever may edit a feed must not learn its secrets by pointing it at a host of their own.
      const needsStored = !isNewSignIn || wantsKeys(patch.url ?? before.url ?? "");
      if (typeof patch.url === "string" && before.sealedSecrets !== null && needsStored)
        refuseOtherHost(before.url, patch.url);
      const upload = await takeFile(tx, before, patch, now);
      const settings = mergeSettings(feedSettingsSchema.parse(before.settings), patch);
      const hasNewSecrets = [patch.url, headers, auth].some((given) => given !== undefined);
      const secrets = hasNewSecrets || isUnsealed(before.url) ? resealed(before, patch, needsStored) : null;
      const hasNewReading = READING.some((field) => patch[field] !== undefined);
      const schedule = {
        enabled: patch.enabled ?? before.enabled,
        ...scheduleOf(before, patch),
      };
      const hasNewSchedule = SCHEDULE.some((field) => patch[field] !== undefined);
      const after = await tx.feed.update({
        where: { id, teamId },
        data: {
          ...withoutUndefined(columnsOf(patch)),
          ...(secrets && { url: secrets.url, sealedSecrets: secrets.sealed }),
          ...(tlp && { tlp: tlpCode(tlp) }),
          ...(upload && { bodyId: upload.bodyId }),
          ...(hasNewSchedule && schedule),
          settings,
          ...(hasNewReading && {
            etag: null,
            lastModified: null,
            contentHash: null,
            readingVersion: { increment: 1 },
          }),
          ...(hasNewSchedule && { nextRunAt: nextRunAt(schedule, now, Math.random()) }),
        },
        select: FEED_SELECT,
      });
      const detail = {
        name: after.name,
        changed: Object.keys(patch),
        ...(upload && { file: upload.name, bytes: upload.bytes }),
        ...(patch.tls && {
          trustsAnyCertificate: settings.tls.isInsecure,
          trustsOwnAuthority: settings.tls.caPem !== null,
        }),
      };
      const subject = { type: "feed", id };
      await recordAudit(tx, { teamId, doer: asDoer(actor), action: "feed.update", subject, detail }, now);
      // What it is called, and whether others may read that, is part of every record that it has a part in.
      const isOtherwise = SAID.some((field) => before[field] !== after[field]);
      if (isOtherwise) await announcePlans(tx, teamId);
      if (before.visibility !== after.visibility || before.storeOnly !== after.storeOnly)
        await announce(tx, feedShared, { feedId: id });
      return toFeedView(after);
    });
    if (SAID.some((field) => patch[field] !== undefined)) await relayOutbox();
    return updated;
  } catch (cause) {
    if (brokenConstraint(cause) === null) throw cause;
    throw new AppError("conflict", `The team already has a feed named “${patch.name ?? ""}”.`, { cause });
  }
};

const needsAddress = (): AppError => {
  const detail = "A feed that is fetched needs its address.";
  return new AppError("invalid_input", detail, { fields: [{ pointer: "/url", detail }] });
};

/** Of before keys in addresses were sealed. */
const isUnsealed = (url: string | null): boolean => url !== null && takeKeys(url).address !== url;

// What is stored is opened only where it is needed: a feed whose sealing key is gone can still be renamed, paused and signed in anew.
const resealed = (
  { id, url, sealedSecrets }: Pick<FeedRow, "id" | "url" | "sealedSecrets">,
  patch: FeedPatch,
  needsStored: boolean,
) => {
  const stored = openFeedSecrets(id, needsStored ? sealedSecrets : null);
  const { address, keys } = sealAddress(patch.url ?? url, stored.keys);
  const { headers = stored.headers, auth = stored.auth } = patch;
  return { url: address, sealed: sealFeedSecrets(id, { headers, auth, keys }) };
};

const refuseFixed = (kind: FeedRow["kind"], patch: FeedPatch): void => {
  const changeable = CHANGEABLE[kind];
  if (!changeable || Object.keys(patch).every((field) => changeable.fields.has(field))) return;
  throw new AppError("invalid_input", changeable.sentence);
};

/** Kinds of which only some fields are a feed's own. */
const CHANGEABLE: Partial<Record<FeedRow["kind"], { fields: ReadonlySet<string>; sentence: string }>> = {
  local: {
    // Its days are how long what people add stays valid, unless they say otherwise.
    fields: new Set(["confidence", "tlp", "tags", "visibility", "expiryDays", "expiryDaysByType"]),
    sentence: "Of a team's own list only confidence, TLP, tags, visibility and default validity can change.",
  },
  subscription: {
    fields: new Set(["name", "enabled", "tags", "storeOnly", "staleAfterMinutes"]),
    sentence:
      "Of a subscription only name, tags, pausing, “stored only” and its alert can change here; what it takes is its policy: subscribe again to change that.",
  },
};

// The runs of the file before stay readable, so it is kept as long as they are.
const takeFile = async (
  tx: Tx,
  { id, teamId, kind, bodyId }: FeedRow,
  { previewId }: FeedPatch,
  now: Date,
): Promise<KeptUpload | null> => {
  if (previewId === undefined || previewId === bodyId) return null;
  if (kind === "upload") return keepUpload(tx, { previewId, feedId: id, teamId, now });
  const detail = "Only a feed that was made from a file takes another file.";
  throw new AppError("invalid_input", detail, { fields: [{ pointer: "/previewId", detail }] });
};

const SCHEDULE = ["enabled", "everyMinutes", "cron", "timeZone"] as const;

type Saved = Pick<FeedRow, "everyMinutes" | "cron" | "timeZone">;

// Minutes and a cron line exclude each other: the one that is given ends the other.
const scheduleOf = (before: Saved, { everyMinutes, cron, timeZone }: FeedPatch): Saved => {
  if (cron && typeof everyMinutes === "number")
    throw new AppError("invalid_input", "Give minutes or a cron line, not both.", {
      fields: [{ pointer: "/cron", detail: "Give minutes or a cron line, not both." }],
    });
  const zone = timeZone === undefined ? before.timeZone : timeZone;
  if (cron) return { cron, everyMinutes: null, timeZone: zone };
  if (typeof everyMinutes === "number") return { cron: null, everyMinutes, timeZone: zone };
  return {
    cron: cron === undefined ? before.cron : null,
    everyMinutes: everyMinutes === undefined ? before.everyMinutes : null,
    timeZone: zone,
  };
};

const columnsOf = ({
  name,
  provider,
  visibility,
  removal,
  graceRuns,
  expiryDays,
  storeOnly,
  staleAfterMinutes,
  confidence,
  tags,
  shrinkLimitPercent,
}: FeedPatch) => ({
  name,
  provider,
  visibility,
  removal,
  graceRuns,
  expiryDays,
  storeOnly,
  staleAfterMinutes,
  confidence,
  tags,
  shrinkLimitPercent,
});

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
