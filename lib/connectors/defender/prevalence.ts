import { STATISTICS_PERMISSIONS, type Subject } from "@/lib/domain/delivery/prevalence";
import type { VendorAnswer } from "@/lib/http/vendor-fetch";

import type { ApiClient } from "../api-client";
import type { Destination, PrevalenceAnswer } from "../contract";
import type { AccessToken } from "../entra/token-source";
import { readVendorFault, toVendorFailure } from "../vendor-failure";
import { DEFENDER_REMEDIES, type DefenderClient } from "./client";
import { statisticsAnswerSchema } from "./wire";

/**
 * Asks on how many devices of the tenant a domain, an address or a file was seen. What the token does not permit is not asked; a
 * token of before the permission was granted is renewed for that, once.
 */
export const createPrevalence = (
  api: ApiClient,
  client: DefenderClient,
  now: () => Date,
): NonNullable<Destination["prevalence"]> => {
  let isRenewed = false;
  const permits = async (permission: string, signal: AbortSignal | undefined): Promise<boolean> => {
    const holds = ({ roles }: AccessToken) => roles?.includes(permission) ?? true;
    if (holds(await api.requireToken({ signal }))) return true;
    if (isRenewed) return false;
    isRenewed = true;
    return holds(await api.requireToken({ signal, isFresh: true }));
  };
  return async (subject, signal) => {
    const permission = STATISTICS_PERMISSIONS[subject.kind];
    if (!(await permits(permission, signal))) return { status: "not-permitted", permission };
    return readStatistics(await client.statistics(subject, signal), subject, now);
  };
};

/** Throws where nothing was answered: a limit, or a service that is away. */
export const readStatistics = (
  answer: VendorAnswer,
  { kind }: Subject,
  now: () => Date,
): PrevalenceAnswer => {
  const { status } = answer;
  if (status === 403) return { status: "not-permitted", permission: STATISTICS_PERMISSIONS[kind] };
  // Nobody in the tenant has the file.
  if (status === 404) return { status: "known", devices: 0, lastSeen: null };
  // It is no value that Defender knows, and will not be one when asked again.
  if (status === 400) return { status: "unknown", reason: readVendorFault(answer).message };
  if (status !== 200) throw toVendorFailure(answer, DEFENDER_REMEDIES, now());
  const parsed = statisticsAnswerSchema.safeParse(answer.json);
  const devices = parsed.success
    ? (parsed.data.organizationPrevalence ?? parsed.data.orgPrevalence ?? null)
    : null;
  if (devices === null) return { status: "unknown", reason: "Defender's answer holds no figure." };
  const seenAt = Date.parse(parsed.data?.orgLastSeen ?? "");
  return { status: "known", devices, lastSeen: Number.isNaN(seenAt) ? null : new Date(seenAt) };
};
