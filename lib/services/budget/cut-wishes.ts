import "server-only";

import { hash } from "node:crypto";

import type { PoolClient } from "pg";

import { cutOf, type Choice } from "@/lib/domain/selection/budget";
import { frameCut } from "@/lib/domain/selection/cut";
import type { Wishes } from "@/lib/domain/selection/wishes";

import { emptyPart, type Part } from "@/lib/services/planning/plan-parts";
import type { Standing } from "./rank-candidates";
import { partOf } from "@/lib/services/planning/part-numbers";
import { indicatorOf } from "@/lib/services/planning/record-numbers";

type Options = { wishes: Wishes; own: number; told: Choice; standing: ReadonlyMap<number, Standing> };

/**
 * A connector's wishes that have no place, part by part. A place in an order moves with every other's: that it is behind the cut is what
 * is planned.
 */
export const countCut = ({ wishes, own, told, standing }: Options): ReadonlyMap<number, Part> => {
  const parts = new Map<number, { part: Part; text: string }>();
  for (let wish = 0; wish < own; wish += 1) {
    const number = told.codes[wish] ?? 0;
    if (number === 0) continue;
    const id = indicatorOf(wishes.records[wish] ?? 0);
    const open = parts.get(partOf(id)) ?? { part: emptyPart(), text: "" };
    parts.set(partOf(id), open);
    const stands = standing.get(wish);
    open.text += `\n${String(id)} ${String(number)}`;
    if (stands) open.text += ` ${stands.claimHash ?? "-"}`;
    const operation = stands ? "remove" : "blocked";
    open.part.counts[operation] += 1;
    const code = cutOf(told, wish)?.code ?? "";
    const reasons = (open.part.reasons[operation] ??= {});
    reasons[code] = (reasons[code] ?? 0) + 1;
  }
  return new Map(
    [...parts].map(([number, { part, text }]) => [number, { ...part, hash: hash("sha256", text, "hex") }]),
  );
};

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
