"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { after } from "next/server";
import { z } from "zod";

import { sayStarted } from "@/components/connectors/say-started";
import { defineTeamAction } from "@/lib/actions/action";
import { issueWords } from "@/lib/actions/issue-words";
import { asDoer } from "@/lib/domain/access/actor";
import {
  connectorCreateSchema,
  connectorPatchSchema,
  connectorTestSchema,
} from "@/lib/domain/connector/connector-input";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import { logger } from "@/lib/observability/logger";
import { countNetworks } from "@/lib/services/connectors/count-networks";
import { createConnector } from "@/lib/services/connectors/create-connector";
import { deleteConnector } from "@/lib/services/connectors/delete-connector";
import { testConnection, testConnector } from "@/lib/services/connectors/test-connection";
import { tryNewSecret } from "@/lib/services/connectors/test-new-secret";
import { tryMd5 } from "@/lib/services/connectors/try-md5";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { createPlan } from "@/lib/services/planning/create-plan";
import { endLetThrough } from "@/lib/services/planning/end-let-through";
import { letThrough } from "@/lib/services/planning/let-through";
import { planInSight } from "@/lib/services/planning/plan-in-sight";
import { NOTHING_TO_REMOVE, planRemovals } from "@/lib/services/planning/plan-removals";
import { countWaitingAt } from "@/lib/services/delivery/count-waiting";
import { startConnector, stopConnector } from "@/lib/services/delivery/switch-sending";

import { readEntered } from "./credential-form";
import {
  countNetworksFormSchema,
  editConnectorFormSchema,
  newConnectorFormSchema,
  toAllDays,
  toEntered,
  toNewSecret,
  toPolicy,
} from "./form-schema";
import { refused, refusedByService } from "./refused";

const ofConnector = z.strictObject({ team: z.string(), id: z.uuid() });

/** Tries a connector that is not saved yet, or saves it and opens its page. */
export const newConnectorAction = defineTeamAction({
  permission: "connector.write",
  schema: newConnectorFormSchema,
  run: async ({ actor, team, input }) => {
    const { intent, kind, name, cloud, tenantId, clientId } = input;
    const { workspaceId, subscriptionId, resourceGroup, workspaceName } = input;
    const described = {
      ...{ team: team.slug, kind, cloud, tenantId, clientId },
      ...(await readEntered(toEntered(input))),
      ...{ workspaceId, subscriptionId, resourceGroup, workspaceName },
      ...(input.deviceGroups !== undefined && { deviceGroups: input.deviceGroups }),
      ...{ titleTemplate: input.titleTemplate, descriptionTemplate: input.descriptionTemplate },
      ...toPolicy(input),
    };
    if (intent === "test") {
      const parsed = connectorTestSchema.safeParse(
        { ...described, ...(name !== "" && { name }) },
        { error: issueWords },
      );
      if (!parsed.success) return refused(parsed.error.issues);
      const trying = { teamId: team.id, connectorId: null };
      const { ok, checks } = await testConnection(actor, trying, parsed.data);
      return {
        status: "done",
        message: ok ? "The connection works." : "See the checks above.",
        data: { checks },
      };
    }
    const parsed = connectorCreateSchema.safeParse({ ...described, name }, { error: issueWords });
    if (!parsed.success) return refused(parsed.error.issues);
    const connector = await createConnector(actor, team.id, parsed.data);
    redirect(`/t/${team.slug}/connectors/${connector.id}`);
  },
});

/** Saves changed settings. An empty secret keeps the stored one; another one is tried first, unless somebody has it saved untried. */
export const editConnectorAction = defineTeamAction({
  permission: "connector.write",
  schema: editConnectorFormSchema,
  run: async ({ actor, team, input }) => {
    const { id, name, tenantId, clientId } = input;
    const { workspaceId, subscriptionId = null, resourceGroup = null, workspaceName = null } = input;
    const parsed = connectorPatchSchema.safeParse(
      {
        ...{ version: input.version, name, tenantId, clientId, subscriptionId, resourceGroup, workspaceName },
        ...(workspaceId !== undefined && { workspaceId }),
        ...(input.deviceGroups !== undefined && { deviceGroups: input.deviceGroups }),
        ...toNewSecret(input),
        ...(input.confirmLimits && { confirmLimits: true }),
        titleTemplate: input.titleTemplate ?? null,
        descriptionTemplate: input.descriptionTemplate ?? null,
        ...toPolicy(input),
        expiryByType: toAllDays(input.expiryByType),
      },
      { error: issueWords },
    );
    if (!parsed.success) return refused(parsed.error.issues);
    try {
      const own = { id, teamId: team.id };
      const tried = input.untried ? null : await tryNewSecret(actor, own, parsed.data);
      await updateConnector(actor, own, parsed.data, tried);
    } catch (error) {
      return refusedByService(error);
    }
    redirect(`/t/${team.slug}/connectors/${id}`);
  },
});

/** Counts the team's small networks that a form takes as it is filled in. */
export const countNetworksAction = defineTeamAction({
  permission: "connector.write",
  schema: countNetworksFormSchema,
  run: async ({ team, input: { feeds, types } }) => ({
    status: "done",
    message: "Counted.",
    data: { networks: await countNetworks(team.id, { feeds, types }) },
  }),
});

/** Tries a saved connector; the result stays on its page. */
export const testConnectorAction = defineTeamAction({
  permission: "connector.write",
  schema: ofConnector,
  run: async ({ actor, team, input }) => {
    const { ok } = await testConnector(actor, { id: input.id, teamId: team.id });
    revalidatePath(`/t/${team.slug}/connectors/${input.id}`);
    return ok
      ? { status: "done", message: "Every check passed." }
      : { status: "failed", message: "A check failed; see what to do below." };
  },
});

/** Asks a Defender tenant whether it takes MD5; the answer stays on the connector's page. */
export const tryMd5Action = defineTeamAction({
  permission: "connector.write",
  schema: ofConnector,
  run: async ({ actor, team, input }) => {
    const { acceptsMd5, detail } = await tryMd5(actor, { id: input.id, teamId: team.id });
    revalidatePath(`/t/${team.slug}/connectors/${input.id}`);
    return { status: acceptsMd5 ? "done" : "failed", message: detail };
  },
});

/** Pauses a connector, or lets it go on. */
export const setConnectorEnabledAction = defineTeamAction({
  permission: "connector.write",
  schema: ofConnector.extend({ enabled: z.enum(["true", "false"]).transform((text) => text === "true") }),
  run: async ({ actor, team, input }) => {
    await updateConnector(actor, { id: input.id, teamId: team.id }, { enabled: input.enabled });
    revalidatePath(`/t/${team.slug}/connectors/${input.id}`);
    if (input.enabled) return { status: "done", message: "It goes on." };
    const { pushes } = await countWaitingAt({ id: input.id, teamId: team.id });
    const goesOn = pushes === 0 ? "" : " What was applied goes on; “Stop sending” holds it.";
    return { status: "done", message: `Paused: nothing new is planned or applied.${goesOn}` };
  },
});

/** Switches a connector's sending off. */
export const stopConnectorAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector.extend({ reason: reasonSchema }),
  run: async ({ actor, team, input }) => {
    await stopConnector(actor, { id: input.id, teamId: team.id }, input.reason);
    revalidatePath(`/t/${team.slug}/connectors/${input.id}`);
    return { status: "done", message: "Nothing more is sent." };
  },
});

/** Switches a connector's sending on again. */
export const startConnectorAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector,
  run: async ({ actor, team, input }) => {
    const { stopped } = await startConnector(actor, { id: input.id, teamId: team.id });
    revalidatePath(`/t/${team.slug}/connectors/${input.id}`);
    return { status: "done", message: sayStarted(stopped) };
  },
});

/** Lets a value through a connector's gate. */
export const letThroughAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector.extend({ indicatorId: z.uuid(), reason: reasonSchema }),
  run: async ({ actor, team, input: { id, indicatorId, reason } }) => {
    await letThrough(actor, { id, teamId: team.id }, { indicatorId, reason });
    revalidatePath(`/t/${team.slug}/connectors/${id}`);
    revalidatePath("/t/[team]/plans/[id]", "page");
    return { status: "done", message: "Let through: the next plan blocks it." };
  },
});

/** Takes back that a value is let through. */
export const endLetThroughAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector.extend({ indicatorId: z.uuid() }),
  run: async ({ actor, team, input: { id, indicatorId } }) => {
    await endLetThrough(actor, { id, teamId: team.id }, { indicatorId });
    revalidatePath(`/t/${team.slug}/connectors/${id}`);
    return { status: "done", message: "Taken back: the gate judges it again." };
  },
});

/** Deletes a connector under which nothing stands. */
export const deleteConnectorAction = defineTeamAction({
  permission: "connector.write",
  schema: ofConnector,
  run: async ({ actor, team, input }) => {
    await deleteConnector(actor, { id: input.id, teamId: team.id });
    redirect(`/t/${team.slug}/connectors`);
  },
});

/** Makes a plan and opens it, or the connector's page while that takes long. Nothing is sent. */
export const planAction = defineTeamAction({
  permission: "push.apply",
  schema: ofConnector.extend({
    withdraw: z.literal("true").optional(),
    removals: z.literal("true").optional(),
    retry: z.literal("true").optional(),
  }),
  run: async ({ actor, team, input }) => {
    const planning = { connectorId: input.id, teamId: team.id, doer: asDoer(actor) };
    const [isWithdrawal, retriesRefused] = [input.withdraw === "true", input.retry === "true"];
    const asked = await planInSight(planning, () =>
      input.removals === "true"
        ? planRemovals({ ...planning, isAsked: true })
        : createPlan({ ...planning, isWithdrawal, retriesRefused }),
    );
    if (asked.status === "under-way") {
      after(asked.end.catch(noteUnplanned(input.id)));
      redirect(`/t/${team.slug}/connectors/${input.id}?planning=${asked.id}`);
    }
    if (asked.plan === null) return { status: "done", message: NOTHING_TO_REMOVE };
    redirect(`/t/${team.slug}/plans/${asked.plan.id}`);
  },
});

/** Nobody waits for it here any more; the connector's page says why it failed. */
const noteUnplanned = (connectorId: string) => (error: unknown) => {
  logger.warn({ err: error, connectorId }, "A plan that took long was not made");
};
