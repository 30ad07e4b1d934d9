import "server-only";

import { randomUUID } from "node:crypto";

import { brokenConstraint } from "@/lib/db/errors";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorCreate } from "@/lib/domain/connector/connector-input";
import { AppError } from "@/lib/domain/errors";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { connectorReconcile } from "@/lib/jobs/connector-reconcile.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announce } from "@/lib/services/outbox/announce";

import { assertWordingFits } from "./check-wording";
import { CONNECTOR_SELECT, toConnectorView, type ConnectorView } from "./connector-view";
import { readCredential, storeCredential } from "./credentials";
import { assertCloudUsable, findOrMakeDestination } from "./find-destination";
import { automaticLimitsOf, toLimitColumns, toLoosenedColumn } from "./limit-columns";
import { findLimitsThere } from "./limits-there";
import { assertMayUseIdentity } from "./machine-identities";

/**
 * Adds a team's way to a destination; its secret is sealed and never given out. Throws `conflict` for a name that is
 * taken. What stands there is read, and an automatic one plans, as soon as the outbox is relayed.
 */
export const createConnector = async (
  actor: Actor,
  teamId: string,
  input: ConnectorCreate,
): Promise<ConnectorView> => {
  const now = new Date();
  assertCloudUsable(input.cloud);
  assertWordingFits(input.kind, input);
  assertMayUseIdentity(actor, input.identity);
  const credential = readCredential(input, now);
  if (!credential) throw new AppError("invalid_input", "Give a client secret or a certificate.");
  const id = randomUUID();
  const destinationId = await findOrMakeDestination(input);
  const { name, kind, clientId, deviceGroups, mode, reconcileMinutes, driftMode } = input;
  const { action, severity, expiryDays, expiryByType, rules, selection, titleTemplate, descriptionTemplate } =
    input;
  const automaticLimits = automaticLimitsOf(input) ?? null;
  const { subscriptionId = null, resourceGroup = null, workspaceName = null } = input;
  try {
    return await asTeam(teamId, async (tx) => {
      const { approval } = input;
      const loosened = await findLimitsThere(tx, actor, { id, teamId, destinationId, approval, now });
      await tx.connector.create({
        data: {
          ...{ id, teamId, destinationId, name, kind, clientId, deviceGroups },
          ...{ subscriptionId, resourceGroup, workspaceName },
          ...{ action, severity, expiryDays, expiryByType, rules, selection, mode },
          ...toLimitColumns({ ...input, automaticLimits }),
          approvalLoosened: toLoosenedColumn(loosened),
          ...{ reconcileMinutes, driftMode, titleTemplate, descriptionTemplate },
          createdAt: now,
          createdBy: actor.userId,
        },
        select: { id: true },
      });
      await storeCredential(tx, credential, { connectorId: id, teamId, userId: actor.userId, now });
      const { cloud, tenantId, workspaceId = null } = input;
      const detail = {
        ...{ name, kind, cloud, tenantId, clientId, workspaceId, action, severity, mode },
        rules: rules.length,
        credential: credential.credential.kind,
        ...{ approval, automaticLimits, gate: input.gate },
        ...(loosened && { formerApproval: loosened.former }),
      };
      const subject = { type: "connector", id };
      await recordAudit(
        tx,
        { teamId, doer: asDoer(actor), action: "connector.create", subject, detail },
        now,
      );
      // What stands there is read before anybody asks who holds its places.
      if (isReadable(input)) await announce(tx, connectorReconcile, { connectorId: id });
      if (mode === "automatic") await announce(tx, connectorPlan, { connectorId: id });
      return toConnectorView(
        await tx.connector.findUniqueOrThrow({ where: { id }, select: CONNECTOR_SELECT }),
        null,
      );
    });
  } catch (cause) {
    if (brokenConstraint(cause) === null) throw cause;
    throw new AppError("conflict", `The team already has a connector named “${name}”.`, { cause });
  }
};

const isReadable = ({ kind, subscriptionId, resourceGroup, workspaceName }: ConnectorCreate): boolean =>
  kind === "defender" || [subscriptionId, resourceGroup, workspaceName].every(Boolean);
