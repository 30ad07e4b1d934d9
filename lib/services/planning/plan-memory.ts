import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import { NEVER } from "@/lib/domain/selection/turn";

import { readDigests } from "./part-digests";
import { partSql } from "./part-numbers";
import { networksUpTo, type PlanningConnector } from "./planning-connector";
import type { Background } from "./plan-background";
import { COLUMNS } from "./plan-stage";
import { emptyPart, itemsOf, type Part } from "./plan-parts";

/** So long a plan is trusted at most: whatever was forgotten of what it rests on would then come to light. */
const LONGEST_MS = 6 * 3_600_000;

/** What a connector's newest plan found and what of that still holds. */
export type Memory = {
  /** Parts of which nothing changed since: they need not be read. */
  known: ReadonlyMap<number, PartRead>;
  /** Parts that are to be read, in order. */
  unknown: readonly number[];
  /** The plan that has the items of the known parts, and how many those are. */
  planId: string | null;
  /** Nothing changed since that plan: it remembers all of this already. */
  isWhole: boolean;
  /** The same, with parts among the known ones that are to be read all the same. */
  without: (parts: readonly number[]) => Memory;
  /** What is to be remembered, with the parts that were read. */
  toJson: (read: ReadonlyMap<number, PartRead>) => string;
};

export type PartRead = Part & {
  /** What it wants of limited places, as a digest; null where nothing is limited, and where it wants nothing. */
  wishes?: string | null;
  /** What becomes of it rests on other parts, too: it is read each time. */
  restsOnOthers?: boolean;
};

type Options = { background: Background; now: Date; isAfresh: boolean };

/**
 * Tells what need not be judged once more, since nothing that its verdict rests on was written since the connector's newest plan
 * and no moment came that turns it. To be asked before anything is read: what changes from then on is seen by the next plan.
 */
export const openMemory = async (
  client: PoolClient,
  connector: PlanningConnector,
  { background, now, isAfresh }: Options,
): Promise<Memory> => {
  const digests = await readDigests(client, connector, background.feedIds);
  const isUnknown = isAfresh || restsOnMore(connector);
  const before = isUnknown ? null : await readMemory(client, connector, { background, now });
  const known = new Map<number, PartRead>();
  for (const [number, digest] of digests) {
    const part = before?.parts.get(number);
    if (part?.digest === digest && part.turnsAt > now.getTime()) known.set(number, part);
  }
  return remember(known, { digests, before, background, now });
};

type Remembering = {
  digests: ReadonlyMap<number, string>;
  before: Remembered | null;
  background: Background;
  now: Date;
};

const remember = (known: ReadonlyMap<number, PartRead>, remembering: Remembering): Memory => {
  const { digests, before, background, now } = remembering;
  const unknown = [...digests.keys()].filter((number) => !known.has(number));
  const isWhole = before !== null && unknown.length === 0 && before.parts.size === digests.size;
  return {
    known,
    unknown: unknown.sort((one, other) => one - other),
    planId: before?.planId ?? null,
    isWhole,
    without: (parts) => {
      const gone = new Set(parts);
      return remember(new Map([...known].filter(([number]) => !gone.has(number))), remembering);
    },
    toJson: (read) =>
      JSON.stringify({
        background: background.hash,
        since: isWhole || known.size > 0 ? (before?.since ?? now) : now,
        at: now,
        turnsAt: background.turnsAt,
        parts: [...digests].flatMap(([number, digest]) => {
          const part: PartRead = known.get(number) ?? read.get(number) ?? emptyPart();
          return part.restsOnOthers === true ? [] : [store(number, digest, part)];
        }),
      }),
  };
};

/**
 * What a gate decides by, figures, other teams' words, lists that are close by, is in no digest; nor is which networks have room for their
 * addresses.
 */
const restsOnMore = (connector: PlanningConnector): boolean =>
  connector.policy.gate !== undefined || networksUpTo(connector) > 0;

/**
 * The parts of a plan of which nothing changed since it was made: what it holds of them would be planned again as it is. None where
 * the plan remembers nothing, or a newer one does.
 */
export const findUnchanged = async (
  client: PoolClient,
  connector: PlanningConnector,
  { planId, background, now }: { planId: string; background: Background; now: Date },
): Promise<readonly number[]> => {
  if (restsOnMore(connector)) return [];
  const before = await readMemory(client, connector, { background, now });
  if (before?.planId !== planId) return [];
  const digests = await readDigests(client, connector, background.feedIds);
  return [...before.parts].flatMap(([number, { digest }]) =>
    digests.get(number) === digest ? [number] : [],
  );
};

type Remembered = {
  planId: string;
  /** When the oldest of its parts was read. */
  since: Date;
  parts: ReadonlyMap<number, PartRead & { digest: string }>;
};

const readMemory = async (
  client: PoolClient,
  { id, teamId }: PlanningConnector,
  { background, now }: Omit<Options, "isAfresh">,
): Promise<Remembered | null> => {
  const { rows } = await client.query<{ id: string; memory: unknown }>(
    `SELECT id, memory FROM plan
     WHERE connector_id = $1 AND team_id = $2 AND memory IS NOT NULL ORDER BY created_at DESC LIMIT 1`,
    [id, teamId],
  );
  const [row] = rows;
  if (!row) return null;
  const stored = memorySchema.safeParse(row.memory);
  // One of another version of the product says nothing to this one.
  if (!stored.success || stored.data.background !== background.hash) return null;
  const { since, at, turnsAt, parts } = stored.data;
  const holds =
    at <= now && (turnsAt === null || now < turnsAt) && now.getTime() - since.getTime() < LONGEST_MS;
  return holds ? { planId: row.id, since, parts: new Map(parts.map(restore)) } : null;
};

const store = (
  number: number,
  digest: string,
  { counts: { add, change, remove, keep, blocked }, reasons, hash, turnsAt, wishes = null }: PartRead,
) => [
  ...[number, digest, [add, change, remove, keep, blocked], turnsAt === NEVER ? null : turnsAt, hash],
  ...[reasons, wishes],
];

const count = z.number().int().nonnegative();
const partSchema = z.tuple([
  z.number().int(),
  z.string(),
  z.tuple([count, count, count, count, count]),
  z.number().nullable(),
  z.string().nullable(),
  z.record(z.string(), z.record(z.string(), count)),
  z.string().nullable(),
]);
const memorySchema = z.object({
  background: z.string(),
  since: z.coerce.date(),
  at: z.coerce.date(),
  turnsAt: z.coerce.date().nullable(),
  parts: z.array(partSchema),
});

const restore = ([number, digest, numbers, turnsAt, hash, reasons, wishes]: z.output<typeof partSchema>) => {
  const [add, change, remove, keep, blocked] = numbers;
  const counts = { add, change, remove, keep, blocked };
  return [number, { counts, reasons, hash, turnsAt: turnsAt ?? NEVER, wishes, digest }] as const;
};

/** The plan that knows a part of another has gone while that was made: it has to be made afresh. */
export class ForgottenError extends Error {}

/**
 * Gives a plan the items of the parts that were not read, from the plan that knows them, and lets no older one remember anything. What is
 * wanted where places are limited is no part of it: each plan says of that anew what has a place.
 */
export const takeOver = async (
  client: PoolClient,
  { known, planId }: Memory,
  { id, connectorId }: { id: string; connectorId: string },
): Promise<void> => {
  const numbers = [...known].flatMap(([number, part]) => (itemsOf(part) > 0 ? [number] : []));
  if (numbers.length > 0) {
    const { rowCount } = await client.query(
      `INSERT INTO plan_item (plan_id, team_id, ${COLUMNS.join(", ")})
       SELECT $1, team_id, ${COLUMNS.join(", ")} FROM plan_item i
       WHERE plan_id = $2 AND ${partSql("indicator_id")} = ANY ($3::int[])
         AND NOT EXISTS (SELECT FROM budget_entry b WHERE b.connector_id = $4 AND b.indicator_id = i.indicator_id)
       -- Its entry went with a recall since it was judged anew, which stays.
       ON CONFLICT DO NOTHING`,
      [id, planId, numbers, connectorId],
    );
    const expected = [...known.values()].reduce((sum, part) => sum + itemsOf(part), 0);
    if (rowCount !== expected) throw new ForgottenError("The newest plan has gone.");
  }
  await client.query(
    `UPDATE plan SET memory = NULL WHERE id IN (
       SELECT id FROM plan WHERE connector_id = $1 AND id <> $2 AND memory IS NOT NULL FOR UPDATE SKIP LOCKED)`,
    [connectorId, id],
  );
};
