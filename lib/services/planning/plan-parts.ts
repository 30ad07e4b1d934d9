import "server-only";

import { createHash, type Hash } from "node:crypto";

import { NEVER } from "@/lib/domain/selection/turn";

import type { Judged } from "./judge-candidates";
import { partOf } from "./part-numbers";

const OPERATIONS = ["add", "change", "remove", "keep", "blocked"] as const;
type Operation = (typeof OPERATIONS)[number];
export type PlanCounts = Record<Operation, number>;
type Reasons = Record<string, Record<string, number>>;

/** Indicators whose rows have neighbouring numbers, as a plan finds them. */
export type Part = {
  counts: PlanCounts;
  /** How many of each operation have which reason. */
  reasons: Reasons;
  /** Over all that does not stay as it is; null where everything does. */
  hash: string | null;
  /** From when mere time may turn any of it, in milliseconds. */
  turnsAt: number;
};

/** Counts what becomes of candidates part by part; in each, they come in the order of their numbers. */
export const createParts = () => {
  const open = new Map<number, OpenPart>();
  return {
    count: (judged: readonly Judged[]): void => {
      let number = -1;
      let part = openPart();
      for (const one of judged) {
        const own = partOf(one.id);
        if (own !== number) {
          number = own;
          part = open.get(own) ?? openPart();
          open.set(own, part);
        }
        add(part, one);
      }
      for (const one of open.values()) flush(one);
    },
    finish: (): Map<number, Part> =>
      new Map(
        [...open].map(([number, { counts, reasons, hash, turns }]) => [
          number,
          { counts, reasons, hash: hash?.digest("hex") ?? null, turnsAt: turns },
        ]),
      ),
  };
};

type OpenPart = { counts: PlanCounts; reasons: Reasons; hash: Hash | null; text: string; turns: number };

const openPart = (): OpenPart => ({ ...emptyPart(), hash: null, text: "", turns: NEVER });

/** A part in which there is nothing. */
export const emptyPart = (): Part => ({
  counts: { add: 0, change: 0, remove: 0, keep: 0, blocked: 0 },
  reasons: {},
  hash: null,
  turnsAt: NEVER,
});

const add = (part: OpenPart, judged: Judged): void => {
  part.counts[judged.operation] += 1;
  if (judged.turnsAt < part.turns) part.turns = judged.turnsAt;
  if (judged.operation === "keep") return;
  const { key, operation, code, reason, desiredHash, claimHash } = judged;
  const reasons = (part.reasons[operation] ??= {});
  reasons[code] = (reasons[code] ?? 0) + 1;
  part.text += `\n${key} ${operation} ${code} ${desiredHash ?? "-"} ${claimHash ?? "-"}`;
  if (operation === "blocked") part.text += ` ${reason}`;
};

const flush = (part: OpenPart): void => {
  if (part.text === "") return;
  part.hash = (part.hash ?? createHash("sha256")).update(part.text);
  part.text = "";
};

/** How many of a part are written down with the plan. */
export const itemsOf = ({ counts }: Part): number =>
  counts.add + counts.change + counts.remove + counts.blocked;

export type Sum = {
  hash: string;
  counts: PlanCounts;
  blockedByReason: Record<string, number>;
  changesByReason: ChangesByReason;
};
export type ChangesByReason = Partial<
  Record<"add" | "change" | "remove", Record<string, number> | undefined>
>;

/** All parts as one plan: in whatever order they were found, the same ones have the same hash. */
export const sumUp = (policyHash: string, sections: readonly ReadonlyMap<number, Part>[]): Sum => {
  const { counts, reasons } = emptyPart();
  const hash = createHash("sha256").update(policyHash);
  for (const parts of sections) {
    for (const [number, part] of [...parts].sort(([one], [other]) => one - other)) {
      for (const operation of OPERATIONS) counts[operation] += part.counts[operation];
      if (part.hash !== null) hash.update(`\n${String(number)} ${part.hash}`);
      addReasons(reasons, part.reasons);
    }
    hash.update("\n");
  }
  const { blocked = {}, ...changesByReason } = Object.fromEntries(
    Object.entries(reasons).map(([operation, byCode]) => [operation, mostFirst(byCode)]),
  );
  return { hash: hash.digest("hex"), counts, blockedByReason: blocked, changesByReason };
};

const addReasons = (sum: Reasons, some: Reasons): void => {
  for (const [operation, byCode] of Object.entries(some)) {
    const all = (sum[operation] ??= {});
    for (const [code, count] of Object.entries(byCode)) all[code] = (all[code] ?? 0) + count;
  }
};

const mostFirst = (reasons: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(reasons).sort(([, one], [, other]) => other - one));
