"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { blankAsUndefined } from "@/lib/actions/fields";
import { issueWords } from "@/lib/actions/issue-words";
import { credentialInputSchema } from "@/lib/domain/connector/credential-input";
import { activateCredential } from "@/lib/services/connectors/activate-credential";
import { discardSuccessor } from "@/lib/services/connectors/discard-successor";
import { stageCredential } from "@/lib/services/connectors/stage-credential";
import { stateSecretEnd } from "@/lib/services/connectors/state-secret-end";
import { testSuccessor } from "@/lib/services/connectors/test-successor";

import { credentialForm, readEntered } from "../../credential-form";
import { refused } from "../../refused";

const ofConnector = z.strictObject({ team: z.string(), id: z.uuid() });
const pageOf = (slug: string, id: string): string => `/t/${slug}/connectors/${id}/credential`;

/** Puts a successor beside the present credential and tries it out. */
export const stageCredentialAction = defineTeamAction({
  permission: "connector.write",
  schema: z.object({ ...ofConnector.shape, ...credentialForm }),
  run: async ({ actor, team, input: { id, team: _team, ...entered } }) => {
    const parsed = credentialInputSchema.safeParse(await readEntered(entered), { error: issueWords });
    if (!parsed.success) return refused(parsed.error.issues);
    const { ok } = await stageCredential(actor, { id, teamId: team.id }, parsed.data);
    revalidatePath(pageOf(team.slug, id));
    return ok
      ? { status: "done", message: "Staged, and every check passed." }
      : { status: "done", message: "Staged, but a check failed: see what to do beside it." };
  },
});

/** Tries the successor out once more. */
export const testSuccessorAction = defineTeamAction({
  permission: "connector.write",
  schema: ofConnector,
  run: async ({ actor, team, input: { id } }) => {
    const { ok } = await testSuccessor(actor, { id, teamId: team.id });
    revalidatePath(pageOf(team.slug, id));
    return ok
      ? { status: "done", message: "Every check passed: it can take over." }
      : { status: "failed", message: "A check failed; see what to do above." };
  },
});

/** Lets the successor take over. */
export const activateSuccessorAction = defineTeamAction({
  permission: "connector.write",
  schema: ofConnector,
  run: async ({ actor, team, input: { id } }) => {
    await activateCredential(actor, { id, teamId: team.id }, "successor");
    revalidatePath(pageOf(team.slug, id));
    return { status: "done", message: "It took over. What it replaced is kept for a day." };
  },
});

/** Goes back to what was replaced less than a day ago. */
export const goBackAction = defineTeamAction({
  permission: "connector.write",
  schema: ofConnector,
  run: async ({ actor, team, input: { id } }) => {
    await activateCredential(actor, { id, teamId: team.id }, "previous");
    revalidatePath(pageOf(team.slug, id));
    return { status: "done", message: "The connector signs in with it again." };
  },
});

/** Forgets the successor. */
export const discardSuccessorAction = defineTeamAction({
  permission: "connector.write",
  schema: ofConnector,
  run: async ({ actor, team, input: { id } }) => {
    await discardSuccessor(actor, { id, teamId: team.id });
    revalidatePath(pageOf(team.slug, id));
    return { status: "done", message: "The successor is forgotten." };
  },
});

/** Notes until when the secret holds, as a person says. */
export const stateSecretEndAction = defineTeamAction({
  permission: "connector.write",
  schema: ofConnector.extend({ expiresAt: blankAsUndefined(z.iso.date().optional()) }),
  run: async ({ actor, team, input: { id, expiresAt } }) => {
    const end = expiresAt === undefined ? null : new Date(expiresAt);
    await stateSecretEnd(actor, { id, teamId: team.id }, end);
    revalidatePath(pageOf(team.slug, id));
    return { status: "done", message: "Saved." };
  },
});
