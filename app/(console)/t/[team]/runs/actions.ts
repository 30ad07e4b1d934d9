"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { sayWaitingPlans } from "@/components/connectors/say-waiting-plans";
import { sumOnItsWay, TAKEN_BACK, type ShownReach } from "@/components/recalls/shown-reach";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { defineTeamAction } from "@/lib/actions/action";
import { requireInTeam, unknown } from "@/lib/auth/require";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { checkRollBack } from "@/lib/services/feeds/check-roll-back";
import { acceptRun, discardRun } from "@/lib/services/feeds/decide-run";
import { getRun } from "@/lib/services/feeds/list-runs";
import { rollBackRun } from "@/lib/services/feeds/roll-back-run";

const decisionSchema = z.object({ team: z.string(), runId: z.uuid() });

/** Makes a held run live, or one that was left by rollback live again. */
export const acceptRunAction = defineTeamAction({
  permission: "feed.write",
  schema: decisionSchema,
  run: async ({ actor, team, input }) => {
    const run = await runOf(actor, team, input.runId);
    await acceptRun(actor, run);
    revalidateRuns(team);
    const what = run.state === "rolled-back" ? "is being made live again" : "is accepted and being applied";
    return { status: "done", message: `Run ${String(run.number)} ${what}.` };
  },
});

/** Drops a held run. */
export const discardRunAction = defineTeamAction({
  permission: "feed.write",
  schema: decisionSchema,
  run: async ({ actor, team, input }) => {
    const run = await runOf(actor, team, input.runId);
    await discardRun(actor, run);
    revalidateRuns(team);
    return {
      status: "done",
      message: `Run ${String(run.number)} is discarded. The last good run stays live.`,
    };
  },
});

/** Says what leaving the live generation would take back, destination by destination. It changes nothing. */
export const checkRollBackAction = defineTeamAction({
  permission: "feed.write",
  schema: decisionSchema,
  run: async ({ actor, team, input }) => {
    const reach = await checkRollBack(await runOf(actor, team, input.runId));
    const data: ShownReach = {
      lines: reach.map(({ remove, onItsWay, ...one }) => ({
        ...one,
        onItsWay: sumOnItsWay(onItsWay),
        counts: [{ word: TAKEN_BACK, count: remove }],
      })),
    };
    return { status: "done", message: "", data };
  },
});

/** Leaves the live generation for the one before it. */
export const rollBackRunAction = defineTeamAction({
  permission: "feed.write",
  schema: decisionSchema,
  run: async ({ actor, team, input }) => {
    const run = await runOf(actor, team, input.runId);
    const { liveNumber, left, returned, plans } = await rollBackRun(actor, run);
    revalidateRuns(team);
    const live =
      liveNumber === 0 ? "No run of the feed is live now" : `Run ${String(liveNumber)} is live again`;
    return {
      status: "done",
      message: `${live}: ${formatCount(left, "value")} left, ${formatNumber(returned)} came back. ${sayWaitingPlans(plans)}`,
    };
  },
});

// A run of another team is as if unknown, also to who is in both: the form named the team.
const runOf = async (actor: Actor, team: TeamAccess, runId: string) => {
  const run = await getRun(actor, runId);
  requireInTeam(actor, "feed.write", run.teamId, "run");
  if (run.teamId !== team.id) throw unknown("run");
  return run;
};

const revalidateRuns = ({ slug }: TeamAccess): void => {
  revalidatePath(`/t/${slug}`, "layout");
};
