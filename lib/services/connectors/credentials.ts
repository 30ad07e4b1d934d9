import "server-only";

import { randomUUID } from "node:crypto";

import { z } from "zod";

import type { ApplicationCredential } from "@/lib/connectors/entra/credential";
import { readCertificate } from "@/lib/connectors/entra/read-certificate";
import { pfxToPem } from "@/lib/connectors/entra/read-pfx";
import { seal, unseal } from "@/lib/crypto/secret-box";
import type { Tx } from "@/lib/db/client";
import { PAST_END, type ExpirySource } from "@/lib/domain/connector/credential-life";
import type { GivenCredential, Identity } from "@/lib/domain/connector/credential-input";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";

export type ReadCredential = {
  credential: ApplicationCredential;
  expiresAt: Date | null;
  expirySource: ExpirySource | null;
  keyId: string | null;
};

/** What a person entered as a credential, or null when they entered none. Throws `invalid_input` for what cannot work, or has ended. */
export const readCredential = (given: GivenCredential, now: Date): ReadCredential | null => {
  const { clientSecret, secretId = null, secretExpiresAt = null, identity } = given;
  if (clientSecret !== undefined) {
    if (secretExpiresAt !== null) assertAhead(secretExpiresAt, { now, field: "secretExpiresAt" });
    const credential = { kind: "secret", secret: clientSecret } as const;
    const expirySource = secretExpiresAt === null ? null : "stated";
    return { credential, expiresAt: secretExpiresAt, expirySource, keyId: secretId };
  }
  if (identity !== undefined)
    return { credential: toIdentity(identity), expiresAt: null, expirySource: null, keyId: null };
  const { certificate, certificatePfx, certificatePassword } = given;
  if (certificatePfx !== undefined)
    return atField("certificatePfx", () =>
      fromPem(pfxToPem(Buffer.from(certificatePfx, "base64"), certificatePassword ?? ""), now),
    );
  if (certificate === undefined) return null;
  return atField("certificate", () => fromPem(certificate, now, certificatePassword));
};

/** Throws `invalid_input` for an end that is past. */
export const assertAhead = (end: Date, { now, field }: { now: Date; field: string }): void => {
  if (end <= now)
    throw new AppError("invalid_input", PAST_END, {
      fields: [{ pointer: `/${field}`, detail: PAST_END }],
    });
};

const fromPem = (pem: string, now: Date, password?: string): ReadCredential => {
  const { credential, expiresAt } = readCertificate(pem, now, password);
  return { credential, expiresAt, expirySource: "certificate", keyId: null };
};

const atField = <T>(field: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError("invalid_input", error.message, {
      fields: [{ pointer: `/${field}`, detail: error.message }],
    });
  }
};

const toIdentity = (identity: Identity): ApplicationCredential => {
  if (identity === "workload") return { kind: "workload-identity", tokenFile: tokenFile() };
  return { kind: "managed-identity", assigned: identity === "user-assigned" ? "user" : "system" };
};

const tokenFile = (): string => {
  const { AZURE_FEDERATED_TOKEN_FILE } = env();
  if (AZURE_FEDERATED_TOKEN_FILE !== undefined) return AZURE_FEDERATED_TOKEN_FILE;
  throw new AppError(
    "upstream_rejected",
    "The connector signs in with a workload identity, and AZURE_FEDERATED_TOKEN_FILE is not set where Sluice runs now.",
  );
};

type Owner = { connectorId: string; teamId: string; userId: string; now: Date };

/** Makes a credential the active one of a connector; the one before is retired and its secret forgotten. */
export const storeCredential = async (tx: Tx, read: ReadCredential, owner: Owner): Promise<void> => {
  await retireCredentials(tx, owner);
  await insertCredential(tx, read, { ...owner, state: "active" });
};

/** Puts a credential beside the active one; one that was staged before is forgotten. Gives its id. */
export const stageReadCredential = async (tx: Tx, read: ReadCredential, owner: Owner): Promise<string> => {
  await forgetStaged(tx, owner);
  return insertCredential(tx, read, { ...owner, state: "staged" });
};

const insertCredential = async (
  tx: Tx,
  { credential, expiresAt, expirySource, keyId }: ReadCredential,
  { connectorId, teamId, userId, now, state }: Owner & { state: "active" | "staged" },
): Promise<string> => {
  const id = randomUUID();
  await tx.credential.create({
    data: {
      ...{ id, connectorId, teamId, state, expiresAt, expirySource, keyId },
      kind: credential.kind,
      thumbprint: credential.kind === "certificate" ? credential.thumbprintSha256 : null,
      sealed: seal(JSON.stringify(credential), boundTo(id)),
      createdAt: now,
      createdBy: userId,
    },
    select: { id: true },
  });
  return id;
};

type Connector = Pick<Owner, "connectorId" | "teamId" | "now">;

/** Retires every credential of a connector; nothing that could be opened stays. */
export const retireCredentials = async (tx: Tx, { connectorId, teamId, now }: Connector): Promise<void> => {
  await tx.credential.updateMany({
    where: { connectorId, teamId, state: { not: "retired" } },
    data: { state: "retired", retiredAt: now },
  });
  await tx.credential.updateMany({
    where: { connectorId, teamId, sealed: { not: "" } },
    data: { sealed: "" },
  });
};

/** Forgets a successor that is not wanted; gives whether there was one. */
export const forgetStaged = async (tx: Tx, { connectorId, teamId, now }: Connector): Promise<boolean> => {
  const { count } = await tx.credential.updateMany({
    where: { connectorId, teamId, state: "staged" },
    data: { state: "retired", sealed: "", retiredAt: now },
  });
  return count > 0;
};

/** Forgets what was kept to go back to, but for one. */
export const forgetKept = async (
  tx: Tx,
  { connectorId, teamId }: Pick<Connector, "connectorId" | "teamId">,
  exceptId?: string,
): Promise<void> => {
  const others = exceptId === undefined ? {} : { id: { not: exceptId } };
  await tx.credential.updateMany({
    where: { connectorId, teamId, state: "retired", sealed: { not: "" }, ...others },
    data: { sealed: "" },
  });
};

/** Opens a stored credential. Throws `invalid_input` when its key is gone or the row was altered. */
export const openCredential = ({ id, sealed }: { id: string; sealed: string }): ApplicationCredential => {
  const stored = storedSchema.parse(JSON.parse(unseal(sealed, boundTo(id))));
  // Where the file is now counts, not where it was when the connector was made.
  return stored.kind === "workload-identity" ? { ...stored, tokenFile: tokenFile() } : stored;
};

const boundTo = (id: string): string => `credential:${id}`;

const storedSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("secret"), secret: z.string() }),
  z.object({
    kind: z.literal("certificate"),
    privateKeyPem: z.string(),
    thumbprintSha256: z.string(),
    chainPem: z.string().nullish().default(null),
  }),
  z.object({ kind: z.literal("managed-identity"), assigned: z.enum(["system", "user"]) }),
  z.object({ kind: z.literal("workload-identity"), tokenFile: z.string() }),
]);
