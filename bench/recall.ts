import { randomUUID } from "node:crypto";

import type { Actor } from "@/lib/domain/access/actor";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { connect, vouch, type Vouched } from "@/lib/services/delivery/testing/desk";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { getRecall } from "@/lib/services/recalls/get-recall";
import { getRecallProgress } from "@/lib/services/recalls/get-recall-progress";
import { until, workerProcesses } from "@/workers/testing/worker-process";

import { timed, type Figure } from "./lib";
import { pushWhole } from "./push-whole";

const MATCHES = 500;
const BAR_SECONDS = 60;
const PATIENCE_MS = 300_000;

/**
 * A domain with 500 values below it, live at both of the sandbox's destinations, is recalled: how long until a worker has had
 * all of them removed and seen to be gone. The sandbox keeps the published limits: one deletion of 500 and five uploads of 100
 * are far below them, so that they add nothing here.
 */
export const benchRecall = async (actor: Actor): Promise<Figure[]> => {
  const [team] = actor.teams;
  if (!team) throw new Error("The bench needs a team.");
  const domain = `${randomUUID().replaceAll("-", "")}.net`;
  const values = Array.from({ length: MATCHES }, (_, index): Vouched => {
    return { type: "domain", value: `h${String(index)}.${domain}` };
  });
  await vouch(team, values, { name: "To be recalled" });
  const signal = new AbortController().signal;
  for (const connector of [await connect(actor, team, "defender"), await connect(actor, team, "sentinel")]) {
    await pushWhole(actor, connector, MATCHES);
    await confirmConnector(connector.id, { signal });
  }
  const workers = workerProcesses();
  await workers.start();
  try {
    const milestones = new Map<string, number>();
    const { ms } = await timed(async () => {
      const start = performance.now();
      const input = { target: readTarget("domain", domain), reason: "Measured.", until: null };
      const { id } = await createRecall(actor, team.id, input);
      const note = (what: string, isSo: boolean): void => {
        if (isSo && !milestones.has(what)) milestones.set(what, performance.now() - start);
      };
      await until(
        "The recall",
        async () => {
          const recall = await getRecall(actor, id);
          const { at, isGone } = await getRecallProgress(actor, recall, [team.id]);
          note("handed over", recall.carriedOutAt !== null);
          for (const { connector, gone, sent } of at)
            note(`gone at ${connector.split(" ", 1)[0] ?? ""}`, sent === MATCHES && gone === sent);
          return isGone || null;
        },
        PATIENCE_MS,
      );
    });
    const steps = [...milestones].map(([what, at]) => `${what} ${(at / 1_000).toFixed(1)} s`).join(", ");
    return [
      {
        name: `Recall of ${String(MATCHES)}: gone from both, confirmed`,
        value: ms / 1_000,
        unit: "s",
        bar: { most: BAR_SECONDS },
        note: `beyond the limits, which add nothing here; ${steps}`,
      },
    ];
  } finally {
    await workers.killAll();
  }
};
