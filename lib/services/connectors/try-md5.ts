import "server-only";

import { randomBytes, randomUUID } from "node:crypto";

import type { Destination, ItemOutcome, OutgoingRecord } from "@/lib/connectors/contract";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type Doer } from "@/lib/domain/access/actor";
import type { Json } from "@/lib/domain/canonical-json";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { mayLeave } from "@/lib/services/delivery/delivery-stop";
import { createPacer } from "@/lib/services/delivery/pace";

import { noteMd5 } from "./find-destination";
import { openConnector, readOwnAccess, type OpenDestination } from "./open-connector";

/** What a tenant made of the trial; `detail` is a sentence for a person. */
export type Md5Trial = { acceptsMd5: boolean; detail: string };

type Options = { signal?: AbortSignal; open?: OpenDestination; now?: Date };

/**
 * Asks a Defender tenant whether it takes MD5, on which Microsoft's own pages disagree: creates one record of a random value
 * that only audits and ends within the hour, reads the answer to it, and takes it away again. What it found holds for every
 * connector to that tenant. Throws `conflict` when the answer does not tell, for lack of room or of an answer. The audit log has it
 * before anything leaves, and what came of it afterwards, an answer that was lost included.
 */
export const tryMd5 = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  { signal, open, now = new Date() }: Options = {},
): Promise<Md5Trial> => {
  const access = await readOwnAccess({ id, teamId });
  if (access.kind !== "defender")
    throw new AppError("invalid_input", "Sentinel takes MD5; only Defender has to be asked.");
  const doer = asDoer(actor);
  const pacer = createPacer(access);
  const destination = openConnector(
    { ...access, acceptsMd5: true },
    pacer.pace,
    open,
    // It writes, so it stops with all else.
    { assertMayLeave: mayLeave(access.connectorId) },
  );
  const record = trialRecord(access.deviceGroups, now);
  const { value, externalId } = record;
  const entry = { id, teamId, doer, now };
  await note(entry, "connector.try-md5-begin", { value, externalId });
  try {
    const { acceptsMd5, detail } = await ask(destination, record, signal);
    const found = { acceptsMd5, destinationId: access.destinationId, connectorId: id, teamId };
    await noteMd5(found, doer, { detail, now });
    return { acceptsMd5, detail };
  } catch (error) {
    if (error instanceof AppError)
      await note(entry, "connector.try-md5", { acceptsMd5: null, detail: error.message });
    throw error;
  } finally {
    await pacer.settle();
  }
};

type Entry = { id: string; teamId: string; doer: Doer; now: Date };

const note = (
  { id, teamId, doer, now }: Entry,
  action: string,
  detail: Readonly<Record<string, Json>>,
): Promise<void> =>
  asTeam(teamId, (tx) =>
    recordAudit(tx, { teamId, doer, action, subject: { type: "connector", id }, detail }, now),
  );

const ask = async (
  destination: Destination,
  record: OutgoingRecord,
  signal: AbortSignal | undefined,
): Promise<Md5Trial> => {
  const [receipt] = await destination.push([record], signal);
  const acceptsMd5 = readAnswer(receipt?.outcome);
  if (receipt?.outcome.status !== "accepted")
    return { acceptsMd5, detail: `The tenant refused it: ${reasonOf(receipt?.outcome)}` };
  const { remoteId } = receipt.outcome;
  return { acceptsMd5, detail: await takeAway(destination, record, remoteId, signal) };
};

const readAnswer = (outcome: ItemOutcome | undefined): boolean => {
  if (outcome?.status === "accepted") return true;
  if (outcome?.status === "rejected" && (outcome.code === "invalid" || outcome.code === "other"))
    return false;
  const detail = `That does not tell whether the tenant takes MD5: ${reasonOf(outcome)} Try again later.`;
  throw new AppError("conflict", detail);
};

const reasonOf = (outcome: ItemOutcome | undefined): string =>
  outcome === undefined || outcome.status === "accepted" ? "no answer." : outcome.reason;

/** It ends by itself soon, so that failing to take it away changes nothing of what was found. */
const takeAway = async (
  destination: Destination,
  record: OutgoingRecord,
  remoteId: string | null,
  signal: AbortSignal | undefined,
): Promise<string> => {
  try {
    const [gone] = await destination.withdraw(
      [{ ...record, remoteId, endedAt: record.createdAt, attempt: 0, texts: null }],
      signal,
    );
    if (gone?.outcome.status === "accepted") return "The tenant took it, and it was taken away again.";
    return `The tenant took it. ${STAYS} ${reasonOf(gone?.outcome)}`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `The tenant took it. ${STAYS} ${error.message}`;
  }
};

const STAYS = "It could not be taken away and ends by itself within an hour:";

const trialRecord = (deviceGroups: readonly string[], now: Date): OutgoingRecord => {
  const id = randomUUID();
  return {
    indicatorId: "0",
    type: "md5",
    value: randomBytes(16).toString("hex"),
    action: "Audit",
    severity: "Informational",
    title: "[Sluice] Trial of MD5",
    description:
      "A random value that belongs to no file. Sluice tries whether this tenant takes MD5 and takes it away at once; it ends within an hour.",
    confidence: 0,
    tlp: "clear",
    ...{ tags: [], teams: [], feeds: [], threatTypes: [] },
    validFrom: now,
    validUntil: new Date(now.getTime() + HOUR_MS),
    createdAt: now,
    modifiedAt: now,
    externalId: id,
    stixId: `indicator--${id}`,
    traceUrl: "",
    deviceGroups,
    generateAlert: false,
    createdByRef: `identity--${id}`,
  };
};

const HOUR_MS = 3_600_000;
