import { AppError } from "@/lib/domain/errors";

import type { Author } from "../contract";
import { toVendorFailure } from "../vendor-failure";
import { SENTINEL_REMEDIES, type SentinelClient } from "./client";
import { readUploadAnswer } from "./read-answer";
import type { StixIdentity } from "./stix";

/** Uploads who makes the records, which each names as `created_by_ref`. Throws an AppError when it was not taken. */
export const introduceToSentinel = async (
  client: SentinelClient,
  author: Author,
  now: () => Date,
  signal?: AbortSignal,
): Promise<void> => {
  const answer = await client.upload([toStixIdentity(author)], signal);
  if (answer.status < 200 || answer.status >= 300) throw toVendorFailure(answer, SENTINEL_REMEDIES, now());
  const [outcome] = readUploadAnswer([author.ref], answer);
  if (outcome?.status === "accepted") return;
  if (outcome?.status === "rejected")
    throw new AppError("upstream_rejected", `Sentinel did not take the identity: ${outcome.reason}`);
  throw new AppError("upstream_rejected", "Sentinel did not say whether it took the identity.", {
    retry: "later",
  });
};

const toStixIdentity = ({ ref, name, url, createdAt, modifiedAt }: Author): StixIdentity => ({
  type: "identity",
  spec_version: "2.1",
  id: ref,
  created: createdAt.toISOString(),
  modified: (modifiedAt > createdAt ? modifiedAt : createdAt).toISOString(),
  name,
  description: "Sends a security team's threat indicators and withdraws them.",
  identity_class: "system",
  external_references: [{ source_name: "Sluice", url }],
});
