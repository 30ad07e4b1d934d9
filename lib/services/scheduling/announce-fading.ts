import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import { lastLook } from "@/lib/db/queries/fading";
import { asSystem } from "@/lib/db/scope";
import { teamFade } from "@/lib/jobs/team-fade.job";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

/** Announces every team in which confidence fades, after noting for its subscriptions when their sources were last read. */
export const announceFading = async (): Promise<void> => {
  await asSystem("scheduling", async (tx) => {
    // A team may not read another's runs, and its own of a subscription say nothing of the source. Also where nothing fades yet: a
    // rule that is made now finds it noted.
    await tx.$executeRaw`
      UPDATE feed s SET source_seen_at = seen.at FROM feed source,
        LATERAL (SELECT ${Prisma.raw(lastLook("source.id"))} AS at) seen
      WHERE source.id = s.source_feed_id AND source.kind <> 'local' AND s.deleted_at IS NULL
        AND s.source_seen_at IS DISTINCT FROM seen.at`;
    const teams = await tx.decayRule.findMany({ distinct: ["teamId"], select: { teamId: true } });
    for (const { teamId } of teams) await announce(tx, teamFade, { teamId });
  });
  await relayOutbox();
};
