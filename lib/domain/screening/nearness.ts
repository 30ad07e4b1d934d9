import { registrableDomain } from "@/lib/domain/indicator/host";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import type { Mark } from "./mark";
import { hostOf } from "./subject";

type Screen = (type: IndicatorType, value: string) => Mark | null;

/**
 * What on an allowlist a value is close to, in a sentence; null: nothing. That is a list that only warns and has the value itself,
 * a list with a name of the same owner, or one with an address of the same small network.
 */
export const findNear = (screen: Screen, type: IndicatorType, value: string): string | null => {
  const own = screen(type, value);
  // What a stricter list says is followed anyway.
  if (own !== null) return own.effect === "warn" ? own.reason : null;
  const host = hostOf(type, value);
  if (host === null) return null;
  const network = neighbours(host);
  if (network !== null) {
    const mark = screen("ipv4-cidr", network);
    return mark && `“${mark.name}” has an address of the same network, ${network}.`;
  }
  const owner = registrableDomain(host);
  const mark = owner === null || (owner === value && type === "domain") ? null : screen("domain", owner);
  return mark && owner !== null ? `“${mark.name}” has a name of the same owner, ${owner}.` : null;
};

/** The 256 addresses around one: whoever has one of them mostly has the others. */
const neighbours = (host: string): string | null => {
  const found = IPV4.exec(host);
  return found ? `${found[1] ?? ""}.0/24` : null;
};

const IPV4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/;
