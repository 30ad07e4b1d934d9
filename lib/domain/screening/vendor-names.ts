import type { IndicatorType } from "@/lib/domain/indicator/types";

import authorities from "./data/certificate-authorities.json";
import microsoft from "./data/microsoft.json";
import systems from "./data/operating-systems.json";
import type { Relation } from "./sink";

export type VendorHit = { list: `built-in:${string}`; listName: string; entry: string; relation: Relation };

/**
 * Looks for the names that Microsoft, the operating systems' vendors and certificate authorities run their own services
 * under. The nearest listed name at or above a host decides: what is the vendor's `own` shields all below it and every
 * URL; where strangers put `content`, URLs and addresses of people pass; where names below belong to `tenants`, only
 * the bare name is shielded. A whole name above any of them is shielded too: blocking it would block what lies below.
 */
export const findVendorName = (type: IndicatorType, host: string): VendorHit | null => {
  const isName = type === "domain";
  let name = host;
  for (let dot = 0; dot !== -1; dot = host.indexOf(".", dot + 1)) {
    name = dot === 0 ? host : host.slice(dot + 1);
    const rule = RULES.get(name);
    if (rule === undefined) continue;
    const isItself = name === host;
    if (rule.kind === "own" || (isName && (rule.kind === "content" || isItself)))
      return { ...rule.list, entry: name, relation: isItself ? "same-host" : "below" };
    break;
  }
  const below = isName ? PARENTS.get(host) : undefined;
  return below === undefined ? null : { ...below.list, entry: below.name, relation: "above" };
};

/** What is built in, as data. */
export const VENDOR_DATA: readonly unknown[] = [microsoft, systems, authorities];

type Kind = "own" | "content" | "tenants";
type List = Pick<VendorHit, "list" | "listName">;

const RULES = new Map<string, { kind: Kind; list: List }>();
const PARENTS = new Map<string, { name: string; list: List }>();

for (const [id, data] of [
  ["microsoft", microsoft],
  ["operating-systems", systems],
  ["certificate-authorities", authorities],
] as const) {
  const list: List = { list: `built-in:${id}`, listName: data.name };
  for (const kind of ["own", "content", "tenants"] as const)
    for (const name of data[kind] as readonly string[]) {
      RULES.set(name, { kind, list });
      for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
        const parent = name.slice(dot + 1);
        if (parent.includes(".") && !PARENTS.has(parent)) PARENTS.set(parent, { name, list });
      }
    }
}
