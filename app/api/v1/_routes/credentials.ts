import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, timeSchema } from "@/lib/api/schemas";
import { checksSchema } from "@/lib/domain/checks";
import { credentialInputSchema } from "@/lib/domain/connector/credential-input";
import { CREDENTIAL_KINDS, EXPIRY_SOURCES } from "@/lib/domain/connector/credential-life";
import { activateCredential } from "@/lib/services/connectors/activate-credential";
import { discardSuccessor } from "@/lib/services/connectors/discard-successor";
import { listCredentials } from "@/lib/services/connectors/list-credentials";
import { stageCredential } from "@/lib/services/connectors/stage-credential";
import { stateSecretEnd } from "@/lib/services/connectors/state-secret-end";
import { testSuccessor } from "@/lib/services/connectors/test-successor";

import { openConnector } from "./open-connector";

export const credentialSchema = z
  .object({
    kind: z.enum(CREDENTIAL_KINDS),
    createdAt: timeSchema,
    expiresAt: timeSchema.nullable(),
    expirySource: z.enum(EXPIRY_SOURCES).nullable().meta({
      description: "Who says when it ends. `stated` is a person's word that nobody checked.",
    }),
    thumbprint: z.string().nullable().meta({ description: "SHA-256 of a certificate." }),
    refusedAt: timeSchema.nullable().meta({ description: "When Microsoft first did not take it." }),
    refusal: z.string().nullable(),
  })
  .meta({ description: "What the application signs in with, and until when; never the secret itself." });

const credentialsSchema = z.object({
  active: credentialSchema.nullable(),
  successor: credentialSchema
    .extend({ lastTest: checksSchema.extend({ at: timeSchema }).nullable() })
    .nullable(),
  previous: credentialSchema.extend({ keptUntil: timeSchema }).nullable(),
});

export const listCredentialsRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/credentials",
  summary: "See what a connector signs in with, its staged successor, and what can be gone back to",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  answer: { status: 200, schema: credentialsSchema },
  run: async ({ actor, params }) =>
    listCredentials(actor, await openConnector(actor, params.id, "connector.read")),
});

export const stageCredentialRoute = defineRoute({
  method: "PUT",
  path: "/connectors/{id}/credentials/successor",
  summary: "Stage the successor of a connector's credential and try it out",
  description:
    "Nothing changes for pushes until it is activated. The answer is that of a connection test made with the successor.",
  tags: ["Connectors"],
  permission: "connector.write",
  params: idParamsSchema,
  body: credentialInputSchema,
  answer: { status: 200, schema: checksSchema },
  run: async ({ actor, params, body, request }) => {
    const connector = await openConnector(actor, params.id, "connector.write");
    return stageCredential(actor, connector, body, request.signal);
  },
});

export const testSuccessorRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/credentials/successor/test",
  summary: "Try the staged successor out once more",
  description: "Nothing changes for pushes, nor at the destination. 409 when none is staged.",
  tags: ["Connectors"],
  permission: "connector.write",
  idempotent: false,
  params: idParamsSchema,
  answer: { status: 200, schema: checksSchema },
  run: async ({ actor, params, request }) => {
    const connector = await openConnector(actor, params.id, "connector.write");
    return testSuccessor(actor, connector, request.signal);
  },
});

export const activateCredentialRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/credentials/successor/activate",
  summary: "Let the staged successor take over",
  description:
    "It is tried out first; 409 when a check fails, and the connector goes on as before. What it replaces is kept for a day.",
  tags: ["Connectors"],
  permission: "connector.write",
  idempotent: false,
  params: idParamsSchema,
  answer: { status: 200, schema: checksSchema },
  run: async ({ actor, params, request }) => {
    const connector = await openConnector(actor, params.id, "connector.write");
    return activateCredential(actor, connector, "successor", request.signal);
  },
});

export const discardSuccessorRoute = defineRoute({
  method: "DELETE",
  path: "/connectors/{id}/credentials/successor",
  summary: "Forget the staged successor",
  tags: ["Connectors"],
  permission: "connector.write",
  params: idParamsSchema,
  answer: { status: 204 },
  run: async ({ actor, params }) => {
    await discardSuccessor(actor, await openConnector(actor, params.id, "connector.write"));
  },
});

export const goBackRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/credentials/previous/activate",
  summary: "Go back to the credential that was replaced less than a day ago",
  tags: ["Connectors"],
  permission: "connector.write",
  idempotent: false,
  params: idParamsSchema,
  answer: { status: 200, schema: checksSchema },
  run: async ({ actor, params, request }) => {
    const connector = await openConnector(actor, params.id, "connector.write");
    return activateCredential(actor, connector, "previous", request.signal);
  },
});

export const stateSecretEndRoute = defineRoute({
  method: "PATCH",
  path: "/connectors/{id}/credentials/active",
  summary: "Say until when a connector's secret holds, where Entra ID does not tell",
  description: "400 for an end that is past.",
  tags: ["Connectors"],
  permission: "connector.write",
  params: idParamsSchema,
  body: z.strictObject({ expiresAt: z.iso.datetime({ offset: true }).nullable() }),
  answer: { status: 204 },
  run: async ({ actor, params, body }) => {
    const connector = await openConnector(actor, params.id, "connector.write");
    await stateSecretEnd(actor, connector, body.expiresAt === null ? null : new Date(body.expiresAt));
  },
});
