import { createStage } from "@/lib/db/queries/generation";
import { asTeam, bulkAsTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { toRemovalRule } from "@/lib/domain/feed/removal";
import { tlpCode } from "@/lib/domain/indicator/types";
import { getFormat } from "@/lib/feeds/registry";

import { getFeed } from "../get-feed";
import { openKnownRows } from "../known-rows";
import { stageRows } from "../stage-rows";
import { readStoredList } from "../stored-body";

/** Reads a feed's live body once more, by what is known; gives what had to be staged, and how much was passed over. */
export const stageAnew = async (actor: Actor, { id, teamId }: { id: string; teamId: string }) => {
  const feed = await getFeed(actor, id);
  const settings = feedSettingsSchema.parse(feed);
  const { bodyId } = await asTeam(teamId, (tx) =>
    tx.feedRun.findFirstOrThrow({
      where: { feedId: id, state: "succeeded" },
      orderBy: { number: "desc" },
      select: { bodyId: true },
    }),
  );
  if (bodyId === null) throw new Error("The feed's body is not kept.");
  return bulkAsTeam(teamId, async (client) => {
    await createStage(client);
    const rule = toRemovalRule({ ...feed, ...settings });
    const known = await openKnownRows(client, { feedId: id, rule });
    const reading = { ...settings, now: new Date() };
    const parsed = getFormat(feed.kind).parse(readStoredList(teamId, bodyId, settings), reading);
    const defaults = { confidence: feed.confidence, tlp: tlpCode(feed.tlp), tags: feed.tags };
    await stageRows(client, parsed, { defaults, stop: () => null, maxRows: 1_000_000, known });
    const { rows } = await client.query<{ value: string; context: string | null }>(
      "SELECT value, context::text FROM stage",
    );
    return { staged: rows, passed: known?.passed().all ?? 0 };
  });
};
