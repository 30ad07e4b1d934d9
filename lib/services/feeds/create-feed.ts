import "server-only";

import { randomUUID } from "node:crypto";

import { brokenConstraint } from "@/lib/db/errors";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema, type FeedCreate } from "@/lib/domain/feed/feed";
import { nextRunAt } from "@/lib/domain/feed/schedule";
import { tlpCode } from "@/lib/domain/indicator/types";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { sealAddress, sealFeedSecrets } from "./feed-secrets";
import { FEED_SELECT, STORED_KINDS, toFeedView, type FeedView } from "./feed-view";
import { keepUpload } from "./keep-upload";

/** Adds a feed to a team. Its first run is due after one period; `runFeedNow` brings it forward. Throws `conflict` for a name that is taken. */
export const createFeed = async (actor: Actor, teamId: string, input: FeedCreate): Promise<FeedView> => {
  const now = new Date();
  const id = randomUUID();
  const { kind, headers, auth, tlp } = input;
  const { address: url, keys } = sealAddress(input.url);
  try {
    return await asTeam(teamId, async (tx) => {
      const { previewId } = input;
      const upload = kind === "upload" ? await keepUpload(tx, { previewId, feedId: id, teamId, now }) : null;
      const feed = await tx.feed.create({
        data: {
          id,
          teamId,
          kind: STORED_KINDS[kind],
          url,
          bodyId: upload?.bodyId ?? null,
          name: input.name,
          provider: input.provider,
          enabled: input.enabled,
          everyMinutes: input.everyMinutes,
          cron: input.cron,
          timeZone: input.timeZone,
          visibility: input.visibility,
          removal: input.removal,
          graceRuns: input.graceRuns,
          expiryDays: input.expiryDays,
          storeOnly: input.storeOnly,
          staleAfterMinutes: input.staleAfterMinutes,
          confidence: input.confidence,
          tags: input.tags,
          shrinkLimitPercent: input.shrinkLimitPercent,
          tlp: tlpCode(tlp),
          settings: feedSettingsSchema.parse(input),
          sealedSecrets: sealFeedSecrets(id, { headers, auth, keys }),
          nextRunAt: nextRunAt(input, now, Math.random()),
          createdAt: now,
          createdBy: actor.userId,
        },
        select: FEED_SELECT,
      });
      const detail = {
        name: input.name,
        kind,
        url,
        visibility: input.visibility,
        auth: auth.type,
        ...(upload && { file: upload.name, bytes: upload.bytes }),
        ...(input.tls.isInsecure && { trustsAnyCertificate: true }),
      };
      const subject = { type: "feed", id };
      await recordAudit(tx, { teamId, doer: asDoer(actor), action: "feed.create", subject, detail }, now);
      return toFeedView(feed);
    });
  } catch (cause) {
    if (brokenConstraint(cause) === null) throw cause;
    throw new AppError("conflict", `The team already has a feed named “${input.name}”.`, { cause });
  }
};
