"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";

import { sayWaitingPlans } from "@/components/connectors/say-waiting-plans";
import type { RecallReach } from "@/components/recalls/recall-reach-answer";
import { STAYING, sumOnItsWay, TAKEN_BACK, type ShownReach } from "@/components/recalls/shown-reach";
import { defineTeamAction } from "@/lib/actions/action";
import { blankAsUndefined } from "@/lib/actions/fields";
import { unknown } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import { readWithheldTarget } from "@/lib/domain/delivery/withhold-input";
import { RECALL_KINDS } from "@/lib/domain/screening/recall";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { checkRecall } from "@/lib/services/recalls/check-recall";
import { checkRecallLift } from "@/lib/services/recalls/check-recall-lift";
import { createRecall, liftRecall } from "@/lib/services/recalls/create-recall";
import { getRecall } from "@/lib/services/recalls/get-recall";
import { checkLift } from "@/lib/services/withheld/check-lift";
import { checkWithhold } from "@/lib/services/withheld/check-withhold";
import { checkWithholdEverywhere } from "@/lib/services/withheld/check-withhold-everywhere";
import { setHoldEnd } from "@/lib/services/withheld/hold-end";
import { liftWithheld } from "@/lib/services/withheld/lift-withheld";
import { getWithheld, type WithheldView } from "@/lib/services/withheld/list-withheld";
import { planTakingBack } from "@/lib/services/withheld/plan-taking-back";
import { withhold } from "@/lib/services/withheld/withhold";
import { withholdEverywhere } from "@/lib/services/withheld/withhold-everywhere";

const recallFields = {
  team: z.string(),
  kind: z.enum(RECALL_KINDS),
  target: z.string().trim().min(1, "Say what is to be taken back.").max(2_000),
};

/** A day, until whose end it stands; blank: until somebody lifts it. */
const untilField = blankAsUndefined(z.iso.date().optional()).transform((day) =>
  day === undefined ? null : new Date(`${day}T23:59:59.000Z`),
);

/** Says what a recall would take back. It changes nothing. */
export const checkRecallAction = defineTeamAction({
  permission: "recall.write",
  schema: z.object(recallFields),
  run: async ({ actor, team, input: { kind, target } }) => {
    const data: RecallReach = await checkRecall(actor, team.id, readTarget(kind, target, "target"));
    return { status: "done", message: "", data };
  },
});

/** Takes something back in the team and opens the page that counts down. */
export const recallAction = defineTeamAction({
  permission: "recall.write",
  schema: z.object({
    ...recallFields,
    reason: z.string().trim().min(1, "Say why: it is kept in the audit.").max(1_000),
    until: untilField,
  }),
  run: async ({ actor, team, input: { kind, target, reason, until } }) => {
    const recall = await createRecall(actor, team.id, {
      target: readTarget(kind, target, "target"),
      reason,
      until,
    });
    revalidatePath(`/t/${team.slug}`, "layout");
    redirect(`/t/${team.slug}/recalls/${recall.id}`);
  },
});

const ofRecall = z.object({ team: z.string(), recallId: z.uuid() });

const openRecall = async (actor: Actor, teamId: string, recallId: string) => {
  const recall = await getRecall(actor, recallId);
  if (recall.teamId !== null && recall.teamId !== teamId) throw unknown("recall");
  return recall;
};

/** Says what comes back when a recall ends. It changes nothing. */
export const checkRecallLiftAction = defineTeamAction({
  permission: "recall.write",
  schema: ofRecall,
  run: async ({ actor, team, input: { recallId } }) => {
    const { id } = await openRecall(actor, team.id, recallId);
    const { returning, at } = await checkRecallLift(team.id, id);
    const data: ShownReach = {
      returning,
      isUnplanned: true,
      lines: at.map(({ count, ...one }) => ({ ...one, counts: [{ word: "stood there", count }] })),
    };
    return { status: "done", message: "", data };
  },
});

/** Ends a recall. */
export const liftRecallAction = defineTeamAction({
  permission: "recall.write",
  schema: ofRecall,
  run: async ({ actor, team, input: { recallId } }) => {
    await liftRecall(actor, await openRecall(actor, team.id, recallId));
    revalidatePath(`/t/${team.slug}`, "layout");
    return {
      status: "done",
      message:
        "Lifted. What is still vouched for is looked at anew; then automatic connectors send it, and for the others plan, look and apply.",
    };
  },
});

const targetFields = {
  team: z.string(),
  feed: z.uuid().optional(),
  run: z.uuid().optional(),
  everything: z.literal("true").optional(),
};
const targetOf = ({ feed, run, everything }: z.output<z.ZodObject<typeof targetFields>>) =>
  readWithheldTarget({ feed, run, everything: everything === "true" ? true : undefined });

/** Says what holding it back would take back, destination by destination. It changes nothing. */
export const checkWithholdAction = defineTeamAction({
  permission: "recall.write",
  schema: z.object({ ...targetFields, elsewhere: z.literal("true").optional() }),
  run: async ({ actor, team, input }) => {
    const target = targetOf(input);
    const reach = await checkWithhold(actor, team, target);
    const isAsked = input.elsewhere === "true" && target.scope === "feed";
    const data: ShownReach = {
      ...(isAsked && {
        elsewhere: await checkWithholdEverywhere(actor, target.id, { isOwnLeftOut: true }),
      }),
      lines: reach.map(({ remove, stay, onItsWay, ...one }) => ({
        ...one,
        onItsWay: sumOnItsWay(onItsWay),
        counts: [
          { word: TAKEN_BACK, count: remove },
          { word: "kept for another feed", count: stay },
        ],
      })),
    };
    return { status: "done", message: "", data };
  },
});

/** Holds back what a feed, a run or the team vouches for; an administrator, a feed in every team that takes it. */
export const withholdAction = defineTeamAction({
  permission: "recall.write",
  schema: z.object({
    ...targetFields,
    everywhere: z.literal("true").optional(),
    reason: reasonSchema,
    until: untilField,
  }),
  run: async ({ actor, team, input: { everywhere, reason, until, ...named } }) => {
    const target = targetOf(named);
    const held =
      everywhere === "true" && target.scope === "feed"
        ? await withholdEverywhere(actor, { feedId: target.id, reason, until })
        : [await withhold(actor, team, { target, reason, until })];
    revalidatePath(`/t/${team.slug}`, "layout");
    const notPlanned = held.flatMap((one) => one.notPlanned);
    if (notPlanned.length > 0)
      return {
        status: "failed",
        message: `It is held back: nothing more of it is sent. ${sayNotPlanned(notPlanned)}`,
      };
    redirect(`/t/${team.slug}/recalls`);
  },
});

const ofWithheld = z.object({ team: z.string(), withheldId: z.uuid() });

/** Says what lifting a hold would bring back, destination by destination. It changes nothing. */
export const checkLiftAction = defineTeamAction({
  permission: "recall.write",
  schema: ofWithheld,
  run: async ({ actor, team, input: { withheldId } }) => {
    const reach = await checkLift(await openWithheld(actor, team.id, withheldId));
    const data: ShownReach = {
      lines: reach.map(({ add, change, keep, ...one }) => ({
        ...one,
        counts: [
          { word: "to be sent", count: add },
          { word: "to be changed", count: change },
          { word: STAYING, count: keep },
        ],
      })),
    };
    return { status: "done", message: "", data };
  },
});

/** Ends a hold. */
export const liftWithheldAction = defineTeamAction({
  permission: "recall.write",
  schema: ofWithheld,
  run: async ({ actor, team, input: { withheldId } }) => {
    const plans = await liftWithheld(actor, await openWithheld(actor, team.id, withheldId));
    revalidatePath(`/t/${team.slug}`, "layout");
    return { status: "done", message: `Lifted. ${sayWaitingPlans(plans)}` };
  },
});

/** Says until when a hold stands. */
export const setHoldEndAction = defineTeamAction({
  permission: "recall.write",
  schema: ofWithheld.extend({ until: untilField }),
  run: async ({ actor, team, input: { withheldId, until } }) => {
    await setHoldEnd(actor, await openWithheld(actor, team.id, withheldId), until);
    revalidatePath(`/t/${team.slug}/recalls`);
    const message = until === null ? "It stands until somebody lifts it." : "It lifts itself after that day.";
    return { status: "done", message };
  },
});

/** Plans anew what takes back what stands of a hold. */
export const planTakingBackAction = defineTeamAction({
  permission: "recall.write",
  schema: ofWithheld,
  run: async ({ actor, team, input: { withheldId } }) => {
    const notPlanned = await planTakingBack(actor, await openWithheld(actor, team.id, withheldId));
    revalidatePath(`/t/${team.slug}/recalls`);
    return notPlanned.length === 0
      ? { status: "done", message: "Planned. Review each plan and apply it." }
      : { status: "failed", message: sayNotPlanned(notPlanned) };
  },
});

/** Where what stands of a hold could not be planned away, and what to do. */
const sayNotPlanned = (notPlanned: readonly { connector: string; message: string }[]): string => {
  const where = notPlanned.map(({ connector, message }) => `${connector}: ${message}`).join(" ");
  return `What stands of it could not be planned away everywhere. ${where} Plan anew on the Recalls page.`;
};

const openWithheld = async (actor: Actor, teamId: string, withheldId: string): Promise<WithheldView> => {
  const withheld = await getWithheld(actor, withheldId);
  if (withheld.teamId !== teamId) throw unknown("hold");
  return withheld;
};
