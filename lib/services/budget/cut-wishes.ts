import "server-only";

import { createHash } from "node:crypto";

import type { PoolClient } from "pg";

import { cutOf, type Choice } from "@/lib/domain/selection/budget";
import { frameCut } from "@/lib/domain/selection/cut";
import type { Wishes } from "@/lib/domain/selection/wishes";

import { emptyPart, type Part } from "@/lib/services/planning/plan-parts";
import type { Standing } from "./rank-candidates";
import { indicatorOf } from "@/lib/services/planning/record-numbers";

type Options = { wishes: Wishes; own: number; told: Choice; standing: ReadonlyMap<number, Standing> };

/**
 * A connector's wishes that have no place, as a part of its plan. A place in an order moves with every other's: that it is behind
 * the cut is what is planned.
 */
export const countCut = ({ wishes, own, told, standing }: Options): Part => {
  const part = emptyPart();
  const hash = createHash("sha256");
  let text = "";
  for (let wish = 0; wish < own; wish += 1) {
    const number = told.codes[wish] ?? 0;
    if (number === 0) continue;
    const stands = standing.get(wish);
    part.counts[stands ? "remove" : "blocked"] += 1;
    text += `\n${String(indicatorOf(wishes.records[wish] ?? 0))} ${String(number)}`;
    if (stands) text += ` ${stands.claimHash ?? "-"}`;
    const code = cutOf(told, wish)?.code ?? "";
    const reasons = (part.reasons[stands ? "remove" : "blocked"] ??= {});
    reasons[code] = (reasons[code] ?? 0) + 1;
    if (text.length < PIECE) continue;
    hash.update(text);
    text = "";
  }
  return {
    ...part,
    hash: part.counts.remove + part.counts.blocked === 0 ? null : hash.update(text).digest("hex"),
  };
};

const PIECE = 64 * 1_024;

/** Writes the wishes that have no place as items of a plan, from where their entries are laid down. */
export const writeCut = async (
  client: PoolClient,
  { planId, teamId }: { planId: string; teamId: string },
  { told, own }: Options,
): Promise<void> => {
  const frames = listFrames(told, own);
  await client.query(
    `INSERT INTO plan_item (plan_id, team_id, indicator_id, operation, code, reason, claim_hash, rank, cut)
     SELECT $1, $2, s.indicator_id, CASE WHEN s.stands THEN 'remove' ELSE 'blocked' END, f.code,
       f.before || to_char(s.rank, 'FM999,999,999') || f.after, s.claim_hash, s.rank, s.cut
     FROM budget_stage s
     JOIN unnest($3::smallint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::bool[]) AS f (number, cut, code, before, after, stands)
       ON f.number = s.code AND f.cut = s.cut AND f.stands = s.stands`,
    [
      ...[planId, teamId, frames.map(({ number }) => number), frames.map(({ cut }) => cut)],
      ...[
        frames.map(({ code }) => code),
        frames.map(({ before }) => before),
        frames.map(({ after }) => after),
        frames.map(({ isStanding }) => isStanding),
      ],
    ],
  );
};

type Frame = {
  number: number;
  cut: number;
  code: string;
  before: string;
  after: string;
  isStanding: boolean;
};

/** The few sentences that say it of all, around each one's rank. */
const listFrames = (told: Choice, own: number): Frame[] => {
  const frames = new Map<string, Frame[]>();
  for (let wish = 0; wish < own; wish += 1) {
    const number = told.codes[wish] ?? 0;
    const limit = told.limits[wish] ?? 0;
    if (number === 0 || frames.has(`${String(number)} ${String(limit)}`)) continue;
    const cut = cutOf(told, wish);
    if (cut)
      frames.set(
        `${String(number)} ${String(limit)}`,
        [true, false].map((isStanding) => ({
          ...{ number, cut: limit, code: cut.code, isStanding },
          ...frameCut(cut, isStanding),
        })),
      );
  }
  return [...frames.values()].flat();
};
