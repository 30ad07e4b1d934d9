import "server-only";

import { randomBytes, randomUUID } from "node:crypto";

import type { Destination, ItemOutcome, OutgoingRecord } from "@/lib/connectors/contract";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
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
 * connector to that tenant. Throws `conflict` when the answer does not tell, for lack of room or of an answer.
 */
export const tryMd5 = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  { signal, open, now = new Date() }: Options = {},
): Promise<Md5Trial> => {
  const access = await readOwnAccess({ id, teamId });
  if (access.kind !== "defender")
    throw new AppError("invalid_input", "Sentinel takes MD5; only Defender has to be asked.");
  const pacer = createPacer(access);
  try {
    const destination = openConnector(
      { ...access, acceptsMd5: true },
      pacer.pace,
      open,
      // It writes, so it stops with all else.
      { assertMayLeave: mayLeave(access.connectorId) },
    );
    const record = trialRecord(access.deviceGroups, now);
    const [receipt] = await destination.push([record], signal);
    const acceptsMd5 = readAnswer(receipt?.outcome);
    const detail =
      receipt?.outcome.status === "accepted"
        ? await takeAway(destination, record, receipt.outcome.remoteId, signal)
        : `The tenant refused it: ${reasonOf(receipt?.outcome)}`;
    await noteMd5(
      { acceptsMd5, destinationId: access.destinationId, connectorId: id, teamId },
      asDoer(actor),
      {
        detail,
        now,
      },
    );
    return { acceptsMd5, detail };
  } finally {
    await pacer.settle();
  }
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
