import { STATISTICS_PERMISSIONS, type Subject } from "@/lib/domain/delivery/prevalence";
import type { VendorAnswer } from "@/lib/http/vendor-fetch";

import type { ApiClient } from "../api-client";
import type { PrevalenceAnswer } from "../contract";
import { readVendorFault, toVendorFailure } from "../vendor-failure";
import { DEFENDER_REMEDIES, type DefenderClient } from "./client";
import { statisticsAnswerSchema } from "./wire";

/** On how many devices of the tenant a domain, an address or a file was seen. What the token does not permit is not asked. */
export const askPrevalence = async (
  api: ApiClient,
  client: DefenderClient,
  { subject, now }: { subject: Subject; now: () => Date },
  signal?: AbortSignal,
): Promise<PrevalenceAnswer> => {
  const permission = STATISTICS_PERMISSIONS[subject.kind];
  const { roles } = await api.requireToken({ signal });
  if (roles && !roles.includes(permission)) return { status: "not-permitted", permission };
  const answer = await client.statistics(subject, signal);
  return readStatistics(answer, subject, now);
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
