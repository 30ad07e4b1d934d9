import "server-only";

import { randomUUID } from "node:crypto";

import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { givenProofs } from "@/lib/domain/connector/credential-input";
import type { ReaderInput } from "@/lib/domain/connector/reader-input";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { requireAdministrator } from "@/lib/services/people/privilege";
import { readByReader } from "@/lib/services/reconcile/read-by-reader";

import { fromStoredCloud } from "./cloud-column";
import { readOverrides } from "./cloud-overrides";
import { readCredential, sealCredential, type ReadCredential } from "./credentials";
import { openReader, type ReaderAccess } from "./open-reader";
import { READER_SELECT, toReaderView, type ReaderView } from "./reader-view";

/**
 * Gives a Defender tenant an application that reads it for all teams, in place of one that it had: it is tried first, and kept only where
 * it is shown the whole tenant. Then it reads it. Throws `invalid_input` with what to do where it cannot.
 */
export const setReader = async (
  actor: Actor,
  destinationId: string,
  { clientId, ...given }: ReaderInput,
  signal?: AbortSignal,
): Promise<ReaderView> => {
  requireAdministrator(actor, "admin.system");
  const now = new Date();
  const read = readCredential(given, now);
  if (!read) throw new AppError("invalid_input", "Give a client secret or a certificate.");
  const way = await findWay(destinationId);
  const [proof = "clientSecret"] = givenProofs(given);
  await assertReads({ ...way, destinationId, clientId, credential: read.credential }, proof, signal);
  await asSystem("administration", async (tx) => {
    const before = await tx.destinationReader.findUnique({
      where: { destinationId },
      select: { clientId: true },
    });
    await tx.destinationReader.deleteMany({ where: { destinationId } });
    await tx.destinationReader.create({
      data: {
        ...toRow(read),
        destinationId,
        clientId,
        createdAt: now,
        createdBy: actor.userId,
        createdByName: actor.name,
      },
      select: { id: true },
    });
    const subject = { type: "destination", id: destinationId };
    const { kind } = read.credential;
    const detail = { clientId, kind, tenantId: way.tenantId, before: before?.clientId ?? null };
    await recordAudit(tx, { teamId: null, doer: asDoer(actor), action: "reader.set", subject, detail }, now);
  });
  await readByReader(destinationId, { longestWaitMs: LONGEST_WAIT_MS, ...(signal && { signal }) });
  return getReader(destinationId);
};

const getReader = (destinationId: string): Promise<ReaderView> =>
  asSystem("administration", async (tx) => {
    const row = await tx.destinationReader.findUnique({ where: { destinationId }, select: READER_SELECT });
    if (!row) throw new AppError("conflict", "Somebody else took the credential away in this moment.");
    return toReaderView(row);
  });

const toRow = ({ credential, expiresAt, expirySource, keyId }: ReadCredential) => {
  const id = randomUUID();
  return {
    ...{ id, expiresAt, expirySource, keyId },
    kind: credential.kind,
    thumbprint: credential.kind === "certificate" ? credential.thumbprintSha256 : null,
    sealed: sealCredential(id, credential),
  };
};

type Way = Pick<ReaderAccess, "cloud" | "tenantId" | "sourceSystem" | "overrides">;

const findWay = (destinationId: string): Promise<Way> =>
  asSystem("administration", async (tx) => {
    const found = await tx.destination.findFirst({
      where: { id: destinationId, kind: "defender" },
      select: { cloud: true, tenantId: true, sourceSystem: true },
    });
    if (!found) throw new AppError("not_found", "There is no such Defender tenant.");
    return { ...found, cloud: fromStoredCloud(found.cloud), overrides: await readOverrides(tx) };
  });

/** Signs in afresh, asks what it may see, and reads a first page. */
const assertReads = async (
  access: Parameters<typeof openReader>[0],
  proof: string,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const seen = { isCredentialRefused: false };
  const { destination, pacer } = openReader(access, {
    longestWaitMs: LONGEST_WAIT_MS,
    watch: {
      refused: () => {
        seen.isCredentialRefused = true;
        return Promise.resolve();
      },
    },
  });
  const [token] = await destination.test(signal);
  if (!token?.ok)
    throw refuse(
      `${token?.detail ?? ""} ${token?.fix ?? ""}`.trim(),
      seen.isCredentialRefused ? proof : "clientId",
    );
  try {
    if ((await destination.seesOthers(signal)) === false) throw refuse(SEES_ITS_OWN);
    const pages = destination.list(signal)[Symbol.asyncIterator]();
    await pages.next();
    await pages.return?.();
  } catch (error) {
    if (error instanceof AppError && error.code !== "invalid_input") throw refuse(error.message);
    throw error;
  } finally {
    await pacer.settle();
  }
};

const refuse = (detail: string, field = "clientId"): AppError =>
  new AppError("invalid_input", detail, { fields: [{ pointer: `/${field}`, detail }] });

const SEES_ITS_OWN =
  "This application signs in, but is shown only what it made itself. Give it the application permission Ti.Read.All or Ti.ReadWrite.All of WindowsDefenderATP, consent to it, and try again in a few minutes.";

/** Whoever saves does not wait longer than that for a request that may leave. */
const LONGEST_WAIT_MS = 5_000;
