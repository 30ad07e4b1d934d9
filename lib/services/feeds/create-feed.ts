import "server-only";

import { randomUUID } from "node:crypto";

import { brokenConstraint } from "@/lib/db/errors";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { FeedCreate } from "@/lib/domain/feed/feed";
import { nextRunAt } from "@/lib/domain/feed/schedule";
import { tlpCode } from "@/lib/domain/indicator/types";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { sealFeedSecrets } from "./feed-secrets";
import { FEED_SELECT, toFeedView, type FeedView } from "./feed-view";

/** Adds a feed to a team. Its first run is due after one period; `runFeedNow` brings it forward. Throws `conflict` for a name that is taken. */
export const createFeed = async (actor: Actor, teamId: string, input: FeedCreate): Promise<FeedView> => {
  const now = new Date();
  const id = randomUUID();
  const { team: _team, kind, csv, exclusionRegex, headers, auth, tlp, ...fields } = input;
  try {
    return await asTeam(teamId, async (tx) => {
      const feed = await tx.feed.create({
        data: {
          ...fields,
          id,
          teamId,
          kind,
          tlp: tlpCode(tlp),
          settings: { csv, exclusionRegex },
          sealedSecrets: sealFeedSecrets(id, { headers, auth }),
          nextRunAt: nextRunAt(input, now, Math.random()),
          createdAt: now,
          createdBy: actor.userId,
        },
        select: FEED_SELECT,
      });
      const detail = {
        name: input.name,
        kind,
        url: input.url,
        visibility: input.visibility,
        auth: auth.type,
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
