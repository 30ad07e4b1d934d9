import "server-only";

import { brokenConstraint } from "@/lib/db/errors";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema, type FeedPatch } from "@/lib/domain/feed/feed";
import { nextRunAt } from "@/lib/domain/feed/schedule";
import { tlpCode } from "@/lib/domain/indicator/types";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { openFeedSecrets, sealFeedSecrets } from "./feed-secrets";
import { refuseOtherHost } from "./other-host";
import { FEED_SELECT, toFeedView, type FeedView } from "./feed-view";

/** What decides how bytes become rows: after a change of one, the same bytes are read anew. */
const READING = ["url", "csv", "exclusionRegex", "confidence", "tlp", "tags", "headers", "auth"] as const;

/** Changes a feed's settings; only the fields given. Throws `conflict` for a name that is taken. */
export const updateFeed = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  patch: FeedPatch,
): Promise<FeedView> => {
  const now = new Date();
  const { csv, exclusionRegex, headers, auth, tlp, ...fields } = patch;
  try {
    return await asTeam(teamId, async (tx) => {
      const before = await tx.feed.findFirst({ where: { id, teamId, deletedAt: null }, select: FEED_SELECT });
      if (!before) throw new AppError("not_found", "There is no such feed.");
      if (before.kind === "local" && Object.keys(patch).some((field) => !LOCAL_FIELDS.has(field))) {
        throw new AppError(
          "invalid_input",
          "Of a team's own list only confidence, TLP, tags and visibility can change.",
        );
      }
      // Whoever may edit a feed must not learn its secrets by pointing it at a host of their own.
      if (patch.url !== undefined && before.sealedSecrets !== null && !(headers && auth))
        refuseOtherHost(before.url, patch.url);
      const settings = feedSettingsSchema.parse(before.settings);
      const secrets = openFeedSecrets(id, headers && auth ? null : before.sealedSecrets);
      const hasNewReading = READING.some((field) => patch[field] !== undefined);
      const schedule = {
        enabled: patch.enabled ?? before.enabled,
        everyMinutes: patch.everyMinutes === undefined ? before.everyMinutes : patch.everyMinutes,
      };
      const hasNewSchedule = patch.enabled !== undefined || patch.everyMinutes !== undefined;
      const after = await tx.feed.update({
        where: { id, teamId },
        data: {
          ...withoutUndefined(fields),
          ...(tlp && { tlp: tlpCode(tlp) }),
          settings: {
            csv: csv ?? settings.csv,
            exclusionRegex: exclusionRegex === undefined ? settings.exclusionRegex : exclusionRegex,
          },
          ...((headers ?? auth) && {
            sealedSecrets: sealFeedSecrets(id, {
              headers: headers ?? secrets.headers,
              auth: auth ?? secrets.auth,
            }),
          }),
          ...(hasNewReading && { etag: null, lastModified: null, contentHash: null }),
          ...(hasNewSchedule && { nextRunAt: nextRunAt(schedule, now, Math.random()) }),
        },
        select: FEED_SELECT,
      });
      const detail = { name: after.name, changed: Object.keys(patch) };
      const subject = { type: "feed", id };
      await recordAudit(tx, { teamId, doer: asDoer(actor), action: "feed.update", subject, detail }, now);
      return toFeedView(after);
    });
  } catch (cause) {
    if (brokenConstraint(cause) === null) throw cause;
    throw new AppError("conflict", `The team already has a feed named “${patch.name ?? ""}”.`, { cause });
  }
};

const LOCAL_FIELDS = new Set(["confidence", "tlp", "tags", "visibility"]);

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
