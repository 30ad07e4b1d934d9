"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import type { ActionState } from "@/lib/actions/state";
import { requireInTeam } from "@/lib/auth/require";
import { DRIFT_DECISIONS, STRANGER_CHOICES, type StrangerChoice } from "@/lib/domain/delivery/drift-choices";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import { decideDrift } from "@/lib/services/reconcile/decide-drift";
import { decideStrangers } from "@/lib/services/reconcile/decide-strangers";
import { liftOverrides } from "@/lib/services/reconcile/overrides";
import { requestComparison } from "@/lib/services/reconcile/request-comparison";
import { startStrangerRemoval } from "@/lib/services/reconcile/start-stranger-removal";

const MOST_IDS = 1_000;
/** Ids with commas between them; left out: all that wait. */
const idsOf = (id: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(","))
    .pipe(
      z
        .array(id)
        .min(1)
        .max(MOST_IDS, `Choose at most ${MOST_IDS.toLocaleString("en-US")} at once.`),
    )
    .optional();

const ofConnector = z.strictObject({ team: z.string(), id: z.uuid() });

const isReasoned = ({ choice, reason }: { choice: string; reason?: string | undefined }): boolean =>
  choice !== "adopt" || reason !== undefined;
const NO_REASON = { path: ["reason"], message: "Say why: it is kept with what is adopted." };

/** Has the destination compared at once with what was sent. */
export const compareAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector,
  run: async ({ actor, team, input: { id } }) => {
    const { state } = await requestComparison(actor, { id, teamId: team.id });
    revalidatePath(`/t/${team.slug}/connectors/${id}`);
    return {
      status: "done",
      message: state === "running" ? "It is being compared already." : "It is compared; this page follows.",
    };
  },
});

/** Decides about records that drifted, or about all that wait. */
export const decideDriftAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector
    .extend({
      choice: z.enum(DRIFT_DECISIONS),
      indicatorIds: idsOf(z.uuid()),
      reason: reasonSchema.optional(),
    })
    .refine(isReasoned, NO_REASON),
  run: async ({ actor, team, input: { id, choice, indicatorIds = null, reason = "" } }) => {
    if (choice === "adopt") requireInTeam(actor, "indicator.write", team.id);
    const place = { id, teamId: team.id };
    const { decided, refused } = await decideDrift(actor, place, { choice, indicatorIds, reason });
    revalidatePath(`/t/${team.slug}/connectors/${id}`);
    const what = decided === 1 ? "1 record" : `${decided.toLocaleString("en-US")} records`;
    return answer(
      {
        restore: `The next plan puts ${what} right.`,
        adopt: `Adopted: ${what}.`,
        ignore: `Ignored until they change: ${what}.`,
      }[choice],
      decided,
      refused,
    );
  },
});

/** Ends what was adopted of one record, or of all. */
export const liftOverridesAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector.extend({ indicatorIds: idsOf(z.uuid()) }),
  run: async ({ actor, team, input: { id, indicatorIds = null } }) => {
    await liftOverrides(actor, { id, teamId: team.id }, indicatorIds);
    revalidatePath(`/t/${team.slug}/connectors/${id}`);
    return { status: "done", message: "Lifted. The next plan follows selection and rules again." };
  },
});

/** Decides about records that nobody here knows of, or about all that nobody decided about. */
export const decideStrangersAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector
    .extend({
      choice: z.enum(STRANGER_CHOICES),
      remoteIds: idsOf(z.string().min(1).max(1_000)),
      reason: reasonSchema.optional(),
    })
    .refine(isReasoned, NO_REASON),
  run: async ({ actor, team, input: { id, choice, remoteIds = null, reason } }) => {
    if (choice === "adopt") requireInTeam(actor, "indicator.write", team.id);
    const { decided, refused } = await decideStrangers(actor, team, id, { choice, remoteIds, reason });
    revalidatePath(`/t/${team.slug}/connectors/${id}`);
    return answer(STRANGER_WORDS[choice](decided.toLocaleString("en-US")), decided, refused);
  },
});

const STRANGER_WORDS: Readonly<Record<StrangerChoice, (count: string) => string>> = {
  adopt: (count) => `Adopted: ${count}. The next plan makes them yours.`,
  remove: (count) => `Marked: ${count}. Nothing is removed before somebody reviews the list and starts it.`,
  ignore: (count) => `Ignored until they change: ${count}.`,
};

/** Starts the removal of what is marked, as it was reviewed. */
export const removeStrangersAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector.extend({ hash: z.string() }),
  run: async ({ actor, team, input: { id, hash } }) => {
    const { removing } = await startStrangerRemoval(actor, { id, teamId: team.id }, hash);
    revalidatePath(`/t/${team.slug}/connectors/${id}`);
    const what = removing === 1 ? "1 record is" : `${removing.toLocaleString("en-US")} records are`;
    return {
      status: "done",
      message: `${what} being removed. That they went is looked for in some minutes.`,
    };
  },
});

type Refused = { value: string; reason: string };

/** What was done, with the first of what could not be; a failure where nothing was. */
const answer = (done: string, decided: number, refused: readonly Refused[]): ActionState => {
  const [first] = refused;
  if (first === undefined) return { status: "done", message: done };
  const more = refused.length === 1 ? "" : ` (and ${(refused.length - 1).toLocaleString("en-US")} more)`;
  const not = `Not ${first.value.replaceAll(".", "[.]")}${more}: ${first.reason}`;
  return decided === 0 ? { status: "failed", message: not } : { status: "done", message: `${done} ${not}` };
};
