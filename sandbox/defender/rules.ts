import { type Switches } from "../state/switches";

import { type Problem } from "./errors";
import { type Action } from "./indicator";
import { type Submission } from "./submission";
import { checkValue } from "./value-rules";

const NETWORK_TYPES = ["IpAddress", "DomainName", "Url"];
const CERTIFICATE_ACTIONS: Action[] = ["Allowed", "BlockAndRemediate"];
const REQUIRED = ["indicatorType", "action", "title", "description"] as const;

/** A submission that has all it needs. */
export type CompleteSubmission = Submission & {
  [Name in "indicatorValue" | (typeof REQUIRED)[number]]: NonNullable<Submission[Name]>;
};

type Judgement = { ok: true; submission: CompleteSubmission } | { ok: false; problem: Problem };

/** Judges one indicator by the rules of microsoft-apis 1.4 to 1.7, apart from capacity and ownership. */
export const judge = (submission: Submission, switches: Switches, now: Date): Judgement => {
  const { indicatorValue, indicatorType, action, title, description } = submission;
  const refused = (code: string, message: string, scope: Problem["scope"]): Judgement => ({
    ok: false,
    problem: { code, message, scope },
  });
  const invalidScope = switches.defenderInvalidValue;
  if (indicatorValue === undefined || indicatorValue === null) {
    return refused(
      "MissingRequiredParameter",
      "The required parameter 'indicatorValue' is missing.",
      invalidScope,
    );
  }
  // The misspelling is the service's own.
  if (indicatorValue === "")
    return refused("InvalidInput", "Recieved an empty indicator value.", invalidScope);
  const missing = REQUIRED.find((name) => !submission[name]);
  if (missing !== undefined || !indicatorType || !action || !title || !description) {
    return refused(
      "MissingRequiredParameter",
      `The required parameter '${missing ?? ""}' is missing.`,
      invalidScope,
    );
  }
  const tooLong = findTooLong({ title, description }, switches);
  if (tooLong !== null) return refused("InvalidInput", tooLong, invalidScope);
  if (indicatorValue !== indicatorValue.trimEnd()) {
    return refused("InvalidInput", `The indicator value '${indicatorValue}' ends in white space.`, "request");
  }
  const finding = checkValue(indicatorType, indicatorValue, switches);
  if (finding !== null) return refused(finding.code, finding.message, invalidScope);
  if (NETWORK_TYPES.includes(indicatorType) && action === "BlockAndRemediate") {
    return refused(
      "InvalidInput",
      `Action BlockAndRemediate is not supported for ${indicatorType}.`,
      invalidScope,
    );
  }
  if (indicatorType === "CertificateThumbprint" && !CERTIFICATE_ACTIONS.includes(action)) {
    return refused(
      "InvalidInput",
      `Action ${action} is not supported for CertificateThumbprint.`,
      invalidScope,
    );
  }
  if (action === "Audit" && submission.generateAlert !== true) {
    return refused("InvalidInput", "generateAlert must be true when the action is Audit.", invalidScope);
  }
  const expires = submission.expirationTime;
  if (expires && Date.parse(expires) <= now.getTime()) {
    return refused(
      "BadRequest",
      `Indicator ${indicatorValue} is inactive. (Expiration time should be set to a future date time)`,
      switches.defenderPastExpiry,
    );
  }
  return {
    ok: true,
    submission: { ...submission, indicatorValue, indicatorType, action, title, description },
  };
};

/** No page of Microsoft's names a length (microsoft-apis 7, no. 3): the words are made up, as the limits are a test's. */
const findTooLong = (
  texts: { title: string; description: string },
  { defenderMaxTitle, defenderMaxDescription }: Switches,
): string | null => {
  const limits = { title: defenderMaxTitle, description: defenderMaxDescription };
  for (const name of ["title", "description"] as const) {
    const most = limits[name];
    if (most !== null && texts[name].length > most)
      return `The length of the ${name} is invalid: at most ${String(most)} characters are allowed, ${String(texts[name].length)} were sent.`;
  }
  return null;
};
