import ipaddr from "ipaddr.js";

import type { IndicatorType } from "@/lib/domain/indicator/types";

import { createMatcher } from "./matcher";
import { hostOf } from "./subject";

export const RECALL_KINDS = ["value", "domain", "cidr"] as const;
export type RecallKind = (typeof RECALL_KINDS)[number];

export type RecallRule = { id: string; kind: RecallKind; value: string };

/**
 * Finds the recall that takes a value back: the value itself, a domain with what lies below it and what is served from there,
 * a network with what lies inside. What lies above or around is left: a recall does exactly what it says. Null: none does.
 */
export const createRecallFinder = (
  recalls: readonly RecallRule[],
): ((type: IndicatorType, value: string) => string | null) => {
  if (recalls.length === 0) return () => null;
  const kinds = new Map(recalls.map(({ id, kind }) => [id, kind]));
  const matcher = createMatcher(
    recalls.map(({ id, kind, value }) => ({
      id,
      name: "",
      match: RECALL_MATCH[kind],
      effect: "stop" as const,
      entries: [value],
    })),
  );
  return (type, value) => {
    const hit = matcher
      .screenAll(type, value)
      .find(({ listId, entry }) => isWithin(kinds.get(listId) ?? "value", entry, { type, value }));
    return hit?.listId ?? null;
  };
};

/** How a recall of each kind compares. */
export const RECALL_MATCH = { value: "string", domain: "hostname", cidr: "cidr" } as const satisfies Record<
  RecallKind,
  string
>;

const isWithin = (
  kind: RecallKind,
  entry: string,
  { type, value }: { type: IndicatorType; value: string },
): boolean => {
  switch (kind) {
    case "value":
      return true;
    case "domain": {
      const host = hostOf(type, value);
      return host !== null && (host === entry || host.endsWith(`.${entry}`));
    }
    case "cidr":
      return type !== "ipv4-cidr" && type !== "ipv6-cidr" ? true : prefixOf(value) >= prefixOf(entry);
  }
};

const prefixOf = (network: string): number =>
  network.includes("/") ? ipaddr.parseCIDR(network)[1] : ipaddr.parse(network).kind() === "ipv4" ? 32 : 128;
