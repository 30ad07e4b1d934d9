import type { Verdict } from "../isolate";
import { readVendorFault, toVendorFailure } from "../vendor-failure";
import { DEFENDER_REMEDIES, type DefenderClient } from "./client";
import { readImportAnswer, toRejection } from "./read-answer";

/** Sends one import and reads what became of each item. Throws where the request as a whole failed for another reason than its items. */
export const sendImport = async (
  client: DefenderClient,
  items: Parameters<DefenderClient["importItems"]>[0],
  now: () => Date,
  signal?: AbortSignal,
): Promise<Verdict> => {
  const answer = await client.importItems(items, signal);
  if (answer.status === 200) {
    const values = items.map(({ indicatorValue }) => indicatorValue);
    return { status: "answered", outcomes: readImportAnswer(values, answer.json) };
  }
  const failure = toVendorFailure(answer, DEFENDER_REMEDIES, now());
  if (answer.status !== 400) throw failure;
  return { status: "refused", failure, rejection: toRejection(readVendorFault(answer).message) };
};
