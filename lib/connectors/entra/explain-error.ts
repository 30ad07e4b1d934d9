import type { Retry } from "@/lib/domain/errors";

import { toPlainText } from "@/lib/domain/plain-text";
import { SIGN_IN_TEXTS, TRANSPORT_TEXTS, type Application, type SignInText } from "./error-texts";

/** Why no token came, in words for a person. `reference` is what Microsoft's support asks for. */
export type EntraProblem = {
  what: string;
  fix: string;
  retry: Retry;
  retryAfterMs: number | null;
  reference: string | null;
  /** Entra ID knows the application and does not take what it proves itself with: only another credential helps. */
  isCredentialRefused?: boolean;
  /** Entra ID asked to be asked less often. */
  isThrottled?: boolean;
};

/** What MSAL reports of a refused sign-in. */
export type SignInFailure = { errorCode: string; errorNo: string | null; message: string };

/** Chooses the help text for a failed sign-in by AADSTS number, else by MSAL's code; a number only picks words, never the flow. */
export const explainSignInFailure = (failure: SignInFailure, application: Application): EntraProblem => {
  const number = failure.errorNo ?? /AADSTS(\d+)/.exec(failure.message)?.[1] ?? null;
  const text =
    (number === null ? undefined : SIGN_IN_TEXTS.get(number)) ?? TRANSPORT_TEXTS.get(failure.errorCode);
  const reference = referenceOf(number, failure.message);
  const isCredentialRefused = failure.errorCode === "invalid_client" && text?.sparesCredential !== true;
  if (text) return { ...toProblem(text, application, number, reference), isCredentialRefused };
  const said = describedBy(failure.message);
  const label = number === null ? failure.errorCode || "no code" : `AADSTS${number}`;
  return {
    what: `Entra ID refused to sign in application ${application.clientId} (${label})${said === "" ? "." : `: ${said}`}`,
    fix: "Check the tenant ID, the application ID and the credential against the app registration in Entra ID.",
    retry: "never",
    retryAfterMs: null,
    reference,
    isCredentialRefused,
  };
};

/** Entra ID, or what answers in its place, is busy or broken. */
export const explainUnavailable = (status: number, retryAfterMs: number | null): EntraProblem => ({
  what:
    status === 429
      ? "Entra ID asks us to slow down (HTTP 429)."
      : `Entra ID could not answer (HTTP ${String(status)}).`,
  fix: `Nothing needs to be done: it is tried again${retryAfterMs === null ? "" : ` in ${String(Math.ceil(retryAfterMs / 1000))} seconds`}.`,
  retry: "later",
  retryAfterMs,
  reference: null,
  ...(status === 429 && { isThrottled: true }),
});

/** Something between us and Entra ID answered in its place, or it answered without a token. */
export const explainOddAnswer = (status: number): EntraProblem => ({
  what: `The answer to the sign-in was not Entra ID's (HTTP ${String(status)}, no JSON with a token). A proxy or gateway may stand in between.`,
  fix: "Check that this server reaches the sign-in host directly, and that no proxy shows a page of its own.",
  retry: "later",
  retryAfterMs: null,
  reference: null,
});

const toProblem = (
  text: SignInText,
  application: Application,
  number: string | null,
  reference: string | null,
): EntraProblem => ({
  what: `${text.what(application)}${number === null ? "" : ` (AADSTS${number})`}.`,
  fix: text.fix(application),
  retry: text.retry,
  retryAfterMs: null,
  reference,
});

const referenceOf = (number: string | null, message: string): string | null => {
  const trace = /Trace ID:? ([0-9a-f-]{36})/i.exec(message)?.[1];
  const parts = [number === null ? null : `AADSTS${number}`, trace === undefined ? null : `trace ${trace}`];
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : known.join(", ");
};

/** Microsoft's own sentence, without the ids that follow it. */
const describedBy = (message: string): string => {
  const description = /AADSTS\d+: ?(.*?)(?: Trace ID:| - Correlation ID:|$)/s.exec(message)?.[1] ?? "";
  return toPlainText(description, 300);
};
