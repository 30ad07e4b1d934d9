import { isAboutEnd } from "@/lib/domain/delivery/refusal";
import type { VendorAnswer } from "@/lib/http/vendor-fetch";

import type { ItemOutcome } from "../contract";
import { toPlainText } from "@/lib/domain/plain-text";
import { uploadAnswerSchema, type Refusal } from "./stix";

/**
 * Reads a 200 of the upload, or a 400 that lists its refusals: one outcome for each object sent, in order. What the list does not
 * name was taken; an empty body means all were. Null for every object when the answer is no such list, or names one that was not sent.
 */
export const readUploadAnswer = (
  remoteIds: readonly string[],
  { text, json }: Pick<VendorAnswer, "text" | "json">,
): (ItemOutcome | null)[] => {
  const errors = text.trim() === "" || json === null ? [] : readRefusals(json);
  // A refusal that fits no object may mean any of them.
  if (errors === null || errors.some(({ recordIndex }) => recordIndex >= remoteIds.length)) {
    return remoteIds.map(() => null);
  }
  const reasons = new Map<number, string>();
  for (const { recordIndex, reason } of errors) {
    const before = reasons.get(recordIndex);
    reasons.set(recordIndex, before === undefined ? reason : `${before} ${reason}`);
  }
  return remoteIds.map((remoteId, place) => {
    const reason = reasons.get(place);
    return reason === undefined ? { status: "accepted", remoteId } : toRejection(reason);
  });
};

/** What the list holds; null for what is none, such as a gateway's word of its own. */
const readRefusals = (json: unknown): Refusal[] | null => {
  const parsed = uploadAnswerSchema.safeParse(json);
  if (!parsed.success) return null;
  const { errors, ...others } = parsed.data;
  return errors === undefined && Object.keys(others).length > 0 ? null : (errors ?? []);
};

/** True when a refusal of the whole request lists the objects it is about. */
export const listsRefusals = (json: unknown): boolean => {
  const parsed = uploadAnswerSchema.safeParse(json);
  return parsed.success && (parsed.data.errors?.length ?? 0) > 0;
};

/** The outcome for a refusal in these words; the upload API refuses objects for their form alone. */
export const toRejection = (reason: string): ItemOutcome => ({
  status: "rejected",
  reason: toPlainText(reason, 500) || "Sentinel gave no reason.",
  code: isAboutEnd(reason) ? "expired" : "invalid",
  capacity: null,
});
