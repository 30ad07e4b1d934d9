import type { VendorAnswer } from "@/lib/http/vendor-fetch";

import type { ApiClient } from "../api-client";
import { runChecks, type CheckStep } from "../checks";
import type { Check } from "../contract";
import { readVendorFault, remedyOf403 } from "../vendor-failure";
import { DEFENDER_REMEDIES, type DefenderClient } from "./client";
import { checkDeviceGroups } from "./device-groups";
import { missingForPrevalence, seesWholeTenant, writingRoles } from "./roles";

type Tested = { clientId: string; deviceGroups: readonly string[] };

/** Token, Permission, Read, Write, and Device groups where some are named: tries what a push needs and changes nothing. */
export const testDefender = (
  api: ApiClient,
  client: DefenderClient,
  { clientId, deviceGroups }: Tested,
  signal?: AbortSignal,
): Promise<Check[]> => {
  let roles: readonly string[] | null = null;

  const token: CheckStep = async () => {
    // A fresh one: permissions granted a minute ago are not in a token of an hour ago.
    const result = await api.token({ isFresh: true, signal });
    if (!result.ok) return { ok: false, detail: result.problem.what, fix: result.problem.fix };
    roles = result.value.roles;
    return { ok: true, detail: `Application ${clientId} signed in.`, fix: "" };
  };

  return runChecks(
    [
      { name: "Token", step: token },
      { name: "Permission", step: () => Promise.resolve(judgeRoles(roles)) },
      { name: "Read", step: async () => judgeRead(await client.listOne(signal)) },
      { name: "Write", step: async () => judgeWrite(await client.importItems([], signal)) },
      ...(deviceGroups.length === 0
        ? []
        : [
            { name: "Device groups", step: () => checkDeviceGroups(client, deviceGroups, { roles, signal }) },
          ]),
    ],
    signal,
  );
};

const judgeRoles = (roles: readonly string[] | null): Omit<Check, "name"> => {
  if (roles === null) {
    return { ok: true, detail: "The token cannot be read here; reading and writing will tell.", fix: "" };
  }
  const writing = writingRoles(roles);
  if (writing.length > 0) {
    const sight = seesWholeTenant(roles)
      ? "It sees all indicators of the tenant."
      : "It sees the indicators it made itself.";
    return {
      ok: true,
      detail: `The token carries ${writing.join(", ")}. ${sight} ${sayPrevalence(roles)}`,
      fix: "",
    };
  }
  const held = roles.length === 0 ? "no permission at all" : roles.join(", ");
  return {
    ok: false,
    detail: `The token carries ${held}; Ti.ReadWrite is missing.`,
    fix: DEFENDER_REMEDIES.forbidden,
  };
};

/** No failure: pushing needs none of it, and a connector may have no gate that asks. */
const sayPrevalence = (roles: readonly string[]): string => {
  const missing = missingForPrevalence(roles);
  return missing.length === 0
    ? "It may ask on how many devices a value was seen."
    : `It may not ask on how many devices a value was seen: that, and a gate that goes by it, needs ${missing.join(", ")} as well.`;
};

const judgeRead = (answer: VendorAnswer): Omit<Check, "name"> =>
  answer.status === 200
    ? { ok: true, detail: "Defender showed its list of indicators.", fix: "" }
    : refusal(answer, "Defender did not show its list of indicators");

// An import of nothing is answered with 200 or 400 to those who may write, and with 401 or 403 to all others.
const judgeWrite = (answer: VendorAnswer): Omit<Check, "name"> =>
  answer.status === 200 || answer.status === 400
    ? { ok: true, detail: "Defender takes imports of this application. Nothing was changed.", fix: "" }
    : refusal(answer, "Defender did not take an import of nothing");

const refusal = (answer: VendorAnswer, what: string): Omit<Check, "name"> => {
  const { code, message } = readVendorFault(answer);
  const detail = `${what} (HTTP ${String(answer.status)}).${message === "" ? "" : ` It says: ${message}`}`;
  if (answer.status === 401 || answer.status === 403) {
    return { ok: false, detail, fix: remedyOf403(code, DEFENDER_REMEDIES) };
  }
  const fix = answer.status === 404 ? DEFENDER_REMEDIES.notFound : "Try again in a few minutes.";
  return { ok: false, detail, fix };
};
