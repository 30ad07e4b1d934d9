import { GROUPS_PERMISSION } from "@/lib/domain/connector/where-it-holds";
import { AppError } from "@/lib/domain/errors";
import { quoteName, quoteNames } from "@/lib/domain/names/allow-block";

import type { Check } from "../contract";
import { toVendorFailure } from "../vendor-failure";
import { DEFENDER_REMEDIES, type DefenderClient } from "./client";
import { DEFENDER_LIMITS } from "./limits";
import { deviceGroupsAnswerSchema } from "./wire";

type Options = {
  /** Of the token; null where it cannot be read. */
  roles: readonly string[] | null;
  signal: AbortSignal | undefined;
};

/**
 * Whether Defender knows the device groups that records are sent under: it takes any name, and what it makes of one it does not know is
 * written nowhere. The check passes whatever comes of it, since its answer may lack a group that is there, and no push needs it: what
 * speaks against a name, or that nobody looked, is said.
 */
export const checkDeviceGroups = async (
  client: DefenderClient,
  named: readonly string[],
  { roles, signal }: Options,
): Promise<Omit<Check, "name">> => {
  if (roles !== null && !roles.includes(GROUPS_PERMISSION)) return notChecked(named);
  try {
    const known = await readNames(client, signal);
    return known === null ? notChecked(named) : judge(named, known);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return notAnswered(named, error.message);
  }
};

const judge = (named: readonly string[], known: readonly string[]): Omit<Check, "name"> => {
  const unknown = named.filter((name) => !known.includes(name));
  if (unknown.length === 0) return { ok: true, detail: `Defender has ${list(named)}.`, fix: "" };
  const others = known.length === 0 ? "It names none." : `It names ${list(known)}.`;
  return {
    ok: true,
    detail: `Defender names no device group ${quoteNames(unknown.map((text) => ({ text })))}. ${others} What is sent under a name that it does not know may hold on no device.`,
    fix: `Compare it with the Defender portal: ${PORTAL}. If it is spelled otherwise there, correct it in the connector's settings or its rules. If it is there as you spelled it, nothing is wrong: a group in which no device has a score yet may be missing from Defender's answer.`,
  };
};

const PORTAL = "Settings › Endpoints › Device groups";

const notChecked = (named: readonly string[]): Omit<Check, "name"> => ({
  ok: true,
  detail: `Not checked whether Defender has ${list(named)}: that needs ${GROUPS_PERMISSION}. Compare the spelling in the Defender portal: ${PORTAL}.`,
  fix: "",
});

const notAnswered = (named: readonly string[], problem: string): Omit<Check, "name"> => ({
  ok: true,
  detail: `Not checked whether Defender has ${list(named)}: ${problem}`,
  fix: `Test again in a few minutes, or compare the spelling in the Defender portal: ${PORTAL}.`,
});

const list = (names: readonly string[]): string => {
  const more = names.length - MOST_LISTED;
  const listed = names.slice(0, MOST_LISTED).map(quoteName).join(", ");
  return more > 0 ? `${listed} and ${String(more)} more` : listed;
};

const MOST_LISTED = 20;

/** The names of all groups that have a score; null where the application may not ask. */
const readNames = async (client: DefenderClient, signal?: AbortSignal): Promise<string[] | null> => {
  const names = new Set<string>();
  for (let skip = 0; ;) {
    const answer = await client.deviceGroups(skip, signal);
    if (answer.status === 403) return null;
    if (answer.status !== 200) throw toVendorFailure(answer, DEFENDER_REMEDIES, new Date());
    const parsed = deviceGroupsAnswerSchema.safeParse(answer.json);
    if (!parsed.success)
      throw new AppError("upstream_rejected", "Defender's list of device groups could not be read.", {
        retry: "later",
      });
    const { value } = parsed.data;
    const before = names.size;
    for (const { rbacGroupName } of value) if (rbacGroupName) names.add(rbacGroupName);
    skip += value.length;
    // A page that brings nothing new is the last, whatever its length: a service that takes no page for an answer shows all each time.
    if (value.length < DEFENDER_LIMITS.deviceGroups.maxItems || names.size === before) return [...names];
  }
};
