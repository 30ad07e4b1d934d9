import "server-only";

import { showsMachineIdentity } from "@/lib/connectors/entra/machine-identity";
import type { Actor } from "@/lib/domain/access/actor";
import type { Identity } from "@/lib/domain/connector/credential-input";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";

/** The identities that Azure gives the machine we run on; none elsewhere. A bare virtual machine has to be told. */
export const listMachineIdentities = (): Identity[] => {
  const { AZURE_FEDERATED_TOKEN_FILE, AZURE_MANAGED_IDENTITY } = env();
  const isManaged =
    AZURE_MANAGED_IDENTITY === "on" || (AZURE_MANAGED_IDENTITY !== "off" && showsMachineIdentity());
  return [
    ...(isManaged ? (["system-assigned", "user-assigned"] as const) : []),
    ...(AZURE_FEDERATED_TOKEN_FILE === undefined ? [] : (["workload"] as const)),
  ];
};

/**
 * Throws where a connector signs in, or is to sign in, with the identity of the machine and the actor may not lend it: whoever may
 * choose which application or which workspace it is for could act with what was granted for another team.
 */
export const assertMayTurnIdentity = (actor: Actor, credentialKind: string | undefined): void => {
  if (credentialKind === undefined || actor.isAdministrator || !IDENTITY_KINDS.has(credentialKind)) return;
  throw new AppError(
    "forbidden",
    "This connector signs in with the identity of the machine that Sluice runs on: only an administrator may change where it leads, or let it do so again.",
  );
};

const IDENTITY_KINDS: ReadonlySet<string> = new Set(["managed-identity", "workload-identity"]);

/**
 * Throws unless the machine has that identity and the actor may lend it: it is the installation's, so that a team's owner alone
 * could otherwise act with what was granted for another team.
 */
export const assertMayUseIdentity = (actor: Actor, identity: Identity | undefined): void => {
  if (identity === undefined) return;
  if (!actor.isAdministrator)
    throw new AppError(
      "forbidden",
      "Only an administrator may let a connector sign in with the identity of the machine that Sluice runs on.",
    );
  if (listMachineIdentities().includes(identity)) return;
  const detail = "Sluice runs on no machine with such an identity. Use a certificate or a client secret.";
  throw new AppError("invalid_input", detail, { fields: [{ pointer: "/identity", detail }] });
};
