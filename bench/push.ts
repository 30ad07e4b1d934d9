import { randomUUID } from "node:crypto";

import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { env } from "@/lib/env/server";
import { connect, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { ingestRun } from "@/lib/services/feeds/ingest-run";
import { runFeedNow } from "@/lib/services/feeds/queue-run";

import { timed, type Figure } from "./lib";
import { pushWhole } from "./push-whole";

const VALUES = 5_000;

/**
 * What a person waits for, against the sandbox at the published limits: the COVID feed from the start of its run to the
 * last receipt at both destinations, then the rate of a push of 5,000 to each. The worker's pick-up of a job is not in
 * it.
 */
export const benchPush = async (actor: Actor): Promise<Figure[]> => {
  const [team] = actor.teams;
  if (!team) throw new Error("The bench needs a team.");
  const connectors = [await connect(actor, team, "defender"), await connect(actor, team, "sentinel")];
  const feed = await createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({
      team: team.slug,
      name: "COVID-19",
      kind: "csv",
      url: `${env().SANDBOX_URL ?? ""}/feeds/covid19.csv`,
      csv: { valueColumns: [2] },
    }),
  );
  const covid = await timed(async () => {
    const { id } = await runFeedNow(actor, feed);
    await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
    await Promise.all(connectors.map((connector) => pushWhole(actor, connector, 950)));
  });
  const figures: Figure[] = [
    { name: "COVID feed: run to all receipts, both", value: covid.ms, unit: "ms", bar: { most: 8_000 } },
  ];
  await vouch(team, someValues(VALUES), { name: "Many" });
  for (const connector of connectors) {
    const { ms } = await timed(() => pushWhole(actor, connector, VALUES));
    figures.push({
      name: `Push of ${VALUES.toLocaleString("en")} to ${connector.kind}`,
      value: (VALUES / ms) * 1_000,
      unit: "per s",
      note: `${(ms / 1_000).toFixed(1)} s, plan included; the published limits allow ${LIMITS[connector.kind]}`,
    });
  }
  return figures;
};

/** Imports of 500, 30 in a minute; uploads of 100, 100 in a minute (reference of the two APIs). */
const LIMITS = { defender: "250 per s", sentinel: "167 per s" };
