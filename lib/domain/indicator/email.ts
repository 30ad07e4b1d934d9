import { fail, ok } from "@/lib/domain/result";

import { suffixOf, toAsciiHost } from "./host";
import { normalised, type NormaliseResult } from "./normalised";
import { type NormaliseProblem, quoted } from "./problems";

/** An e-mail address, lower case, its domain in A-labels and under a known public suffix. */
export const normaliseEmail = (raw: string): NormaliseResult => {
  const text = raw.replace(MAILTO, "");
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at);
  if (!LOCAL_PART.test(local) || local.startsWith(".") || local.endsWith(".") || local.includes(".."))
    return fail(badEmail(raw, "the part before the @ is not well formed"));
  const host = toAsciiHost(text.slice(at + 1));
  if (host === null) return fail(badEmail(raw, "the part after the @ is no domain"));
  if (suffixOf(host) !== "known") return fail(badEmail(raw, `${quoted(host)} has no known public suffix`));
  return ok(normalised("email", `${local.toLowerCase().normalize("NFC")}@${host}`));
};

const badEmail = (text: string, why: string): NormaliseProblem => ({
  code: "bad_email",
  message: `${quoted(text)} is no e-mail address: ${why}.`,
});

const MAILTO = /^mailto:/i;
const LOCAL_PART = /^[^\s"(),:;<>@[\\\]]{1,64}$/;
