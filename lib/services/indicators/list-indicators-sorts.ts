import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import type { IndicatorSort } from "@/lib/domain/indicator/list-query";

/** The sort key and the row key of the last row seen. */
export type Cursor = { key: string; id: string; team: string };

type Sort = {
  /** What the list is sorted by, of `t` or of `i`. */
  key: Prisma.Sql;
  direction: Prisma.Sql;
  cast: Prisma.Sql;
  /** What an index has in this order: the values of a type, a team's rows of a type, all of a team's, or its rows with an end. */
  walk: "value" | "type" | "team" | "end";
};

const sort = (key: string, direction: "ASC" | "DESC", cast: string, walk: Sort["walk"]): Sort => ({
  key: Prisma.raw(key),
  direction: Prisma.raw(direction),
  cast: Prisma.raw(cast),
  walk,
});

export const SORTS: Readonly<Record<IndicatorSort, Sort>> = {
  "-addedAt": sort("t.added_at", "DESC", "timestamptz", "type"),
  addedAt: sort("t.added_at", "ASC", "timestamptz", "type"),
  value: sort("left(i.value, 200)", "ASC", "text", "value"),
  "-value": sort("left(i.value, 200)", "DESC", "text", "value"),
  "-lastSeen": sort("t.last_seen", "DESC", "timestamptz", "team"),
  "-confidence": sort("t.confidence", "DESC", "smallint", "team"),
  // What has no end comes after everything that has one.
  validUntil: sort("coalesce(t.valid_until, 'infinity')", "ASC", "timestamptz", "end"),
};

/** The order of a list, whole: rows of one key are told apart by their own. */
export const toOrder = (key: string, direction: Prisma.Sql, table = "t"): Prisma.Sql =>
  Prisma.join(
    [key, "indicator_id", "team_id"].map((by) => Prisma.sql`${Prisma.raw(`${table}.${by}`)} ${direction}`),
    ", ",
  );

type Place = { key?: Prisma.Sql; id?: Prisma.Sql; team?: Prisma.Sql };

/** The condition that a row comes after the last one seen. */
export const after = (by: IndicatorSort, cursor: Cursor | null, place: Place = {}): Prisma.Sql => {
  if (cursor === null) return Prisma.empty;
  const { direction, cast } = SORTS[by];
  const { key = SORTS[by].key, id = Prisma.sql`t.indicator_id`, team = Prisma.sql`t.team_id` } = place;
  const past = Prisma.raw(direction.sql === "ASC" ? ">" : "<");
  return Prisma.sql`AND (${key}, ${id}, ${team}) ${past} (${cursor.key}::${cast}, ${cursor.id}::bigint, ${cursor.team}::uuid)`;
};
