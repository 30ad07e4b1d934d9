import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { retryAfterMs } from "@/lib/http/retry-after";
import type { VendorAnswer } from "@/lib/http/vendor-fetch";

import { toPlainText } from "@/lib/domain/plain-text";

/** What a refusal says, whichever of the vendors' envelopes it came in. */
export type VendorFault = { code: string | null; message: string; reference: string | null };

/** What to do about the refusals whose remedy only the connector knows. */
export type Remedies = { service: string; forbidden: string; disabledFeature?: string; notFound: string };

/** Reads `{error:{code,message,target}}`, a gateway's `{statusCode,message,activityId}`, plain text or a web page. */
export const readVendorFault = ({ headers, text, json }: VendorAnswer): VendorFault => {
  const { error, message, activityId } = envelopeSchema.parse(json);
  const said = error?.message ?? message ?? (json === undefined ? textOf(text) : "");
  return {
    code: error?.code ?? headers["x-ms-error-code"] ?? null,
    message: toPlainText(said, 500),
    reference: error?.target ?? activityId ?? headers["x-ms-request-id"] ?? headers["request-id"] ?? null,
  };
};

/** The AppError for an answer that is no success. Its context holds status, the vendor's code and reference, and any wait asked for. */
export const toVendorFailure = (answer: VendorAnswer, remedies: Remedies, now: Date): AppError => {
  const { status, headers } = answer;
  const { code, message, reference } = readVendorFault(answer);
  const waitMs = retryAfterMs(headers, message, now);
  const context = { status, vendorCode: code, reference, retryAfterMs: waitMs };
  const isTemporary = status === 429 || status === 408 || status >= 500;
  return new AppError(
    isTemporary ? "upstream_unavailable" : "upstream_rejected",
    sentence(status, { code, message, reference }, waitMs, remedies),
    {
      retry: isTemporary ? "later" : "never",
      context,
    },
  );
};

/** What to do about a 403: a feature that is turned off is no missing right. */
export const remedyOf403 = (code: string | null, { forbidden, disabledFeature }: Remedies): string =>
  code === "DisabledFeature" ? (disabledFeature ?? forbidden) : forbidden;

/** The wait that a failure carries, in milliseconds, or null. */
export const waitOf = (failure: AppError): number | null => {
  const { retryAfterMs: waitMs } = failure.context;
  return typeof waitMs === "number" ? waitMs : null;
};

/** Whether the service asked to be asked less often: it answers, and says nothing of what it was asked. */
export const isThrottle = ({ context }: AppError): boolean => context["status"] === 429;

/** Whether the application may not: Entra ID does not sign it in, or the service does not take its token or denies it access. */
export const isDenied = ({ retry, context }: AppError): boolean =>
  retry === "never" &&
  (context["isSignIn"] === true || context["status"] === 401 || context["status"] === 403);

const sentence = (status: number, fault: VendorFault, waitMs: number | null, remedies: Remedies): string => {
  const { service } = remedies;
  const { code, message } = fault;
  const said = message === "" ? "" : ` It says: ${message}`;
  if (status === 429) {
    const wait = waitMs === null ? "for a while" : `${String(Math.ceil(waitMs / 1000))} s`;
    return `${service} asked us to wait ${wait}.`;
  }
  if (status >= 500 || status === 408)
    return `${service} could not answer (HTTP ${String(status)}).${TRIED_AGAIN}${said}`;
  if (status === 401) return `${service} does not accept the application's token (HTTP 401).${said}`;
  if (status === 403) return `${service} denies access (HTTP 403). ${remedyOf403(code, remedies)}${said}`;
  if (status === 404)
    return `${service} knows nothing at this address (HTTP 404). ${remedies.notFound}${said}`;
  return `${service} refused the request (HTTP ${String(status)}).${said}`;
};

const TRIED_AGAIN = " It is tried again.";

/** What a failure says without that it is tried again, for what is not. */
export const withoutRetry = (message: string): string => message.replace(TRIED_AGAIN, "");

const textOf = (text: string): string => (/^\s*</.test(text) ? "a web page instead of data" : text);

const nullableText = z.string().nullish().catch(null);
const envelopeSchema = z
  .object({
    error: z
      .object({ code: nullableText, message: nullableText, target: nullableText })
      .nullish()
      .catch(null),
    message: nullableText,
    activityId: nullableText,
  })
  .catch({ error: null, message: null, activityId: null });
