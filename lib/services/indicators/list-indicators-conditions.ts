import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import type { IndicatorState } from "@/lib/domain/indicator/lifecycle";
import type { IndicatorFilter } from "@/lib/domain/indicator/list-query";
import { tlpCode } from "@/lib/domain/indicator/types";

/** What a filter asks of `t`, a team's view of an indicator, by that row alone; each begins with AND. */
export const ofRow = ({
  feed,
  tlp,
  state,
  minConfidence,
  tag,
  expiringWithinDays,
}: IndicatorFilter): Prisma.Sql =>
  and([
    state &&
      Prisma.sql`(${Prisma.join(
        state.map((one) => IN_STATE[one]),
        " OR ",
      )})`,
    feed && Prisma.sql`t.feed_ids && ${feed}::uuid[]`,
    tlp && Prisma.sql`t.tlp = ANY (${tlp.map(tlpCode)}::smallint[])`,
    minConfidence !== undefined && isSure(minConfidence),
    tag !== undefined && Prisma.sql`${tag} = ANY (t.tags)`,
    expiringWithinDays !== undefined && endsWithin(expiringWithinDays),
  ]);

/** What a filter asks that other rows of the team answer, as sets of keys. */
export const amongSets = (
  { destinationState, addedBy, event }: IndicatorFilter,
  teamIds: readonly string[],
): Prisma.Sql =>
  and([
    destinationState &&
      Prisma.sql`(t.team_id, t.indicator_id) IN (
        SELECT r.team_id, r.indicator_id FROM connector c JOIN receipt r ON r.connector_id = c.id
        WHERE c.team_id = ANY (${[...teamIds]}::uuid[]) AND ${inReceiptState(destinationState)})`,
    addedBy !== undefined && Prisma.sql`(t.team_id, t.indicator_id) IN (${ofPerson(addedBy, teamIds)})`,
    event !== undefined && Prisma.sql`(t.team_id, t.indicator_id) IN (${ofEvent(event, teamIds)})`,
  ]);

/** The rows that a filter names by who added them, by an event, or by both, as `team_id` and `id`; null when by neither. */
export const selectSet = (
  { addedBy, event }: IndicatorFilter,
  teamIds: readonly string[],
): Prisma.Sql | null => {
  const sets = [
    ...(addedBy === undefined ? [] : [ofPerson(addedBy, teamIds)]),
    ...(event === undefined ? [] : [ofEvent(event, teamIds)]),
  ];
  return sets.length === 0 ? null : Prisma.join(sets, " INTERSECT ");
};

const ofPerson = (userId: string, teamIds: readonly string[]): Prisma.Sql =>
  Prisma.sql`${LOCAL_ENTRIES} WHERE f.team_id = ANY (${[...teamIds]}::uuid[]) AND ${isAddedBy(userId)}`;

const ofEvent = (event: string, teamIds: readonly string[]): Prisma.Sql =>
  Prisma.sql`SELECT a.team_id, a.indicator_id AS id FROM attribution a
    WHERE a.event = ${event} AND a.team_id = ANY (${[...teamIds]}::uuid[]) AND a.until_generation IS NULL`;

/**
 * The part of a filter whose rows stand together in an index, so that it is soon told whether they are few: as a statement
 * that gives a row for each; null when a filter has none.
 */
export const selectIndexed = (
  { state, minConfidence, destinationState, expiringWithinDays }: IndicatorFilter,
  teamIds: readonly string[],
): Prisma.Sql | null => {
  const teams = Prisma.sql`${[...teamIds]}::uuid[]`;
  if (destinationState)
    return Prisma.sql`SELECT FROM connector c JOIN receipt r ON r.connector_id = c.id
      WHERE c.team_id = ANY (${teams}) AND ${inReceiptState(destinationState)}`;
  const [only] = state?.length === 1 ? state : [];
  const condition =
    only !== undefined && only !== "active" && only !== "expired"
      ? IN_STATE[only]
      : expiringWithinDays !== undefined || (minConfidence ?? 0) > 0
        ? expiringWithinDays === undefined
          ? isSure(minConfidence ?? 0)
          : endsWithin(expiringWithinDays)
        : null;
  return (
    condition && Prisma.sql`SELECT FROM team_indicator t WHERE t.team_id = ANY (${teams}) AND ${condition}`
  );
};

/** What became of it at a destination, asked of each row by itself: a walk never makes a set first. */
export const atDestination = ({ destinationState }: IndicatorFilter): Prisma.Sql =>
  and([
    destinationState &&
      Prisma.sql`(SELECT count(*) > 0 FROM receipt r
        WHERE r.team_id = t.team_id AND r.indicator_id = t.indicator_id AND ${inReceiptState(destinationState)})`,
  ]);

const isSure = (minConfidence: number): Prisma.Sql => Prisma.sql`t.confidence >= ${minConfidence}::smallint`;

const endsWithin = (days: number): Prisma.Sql =>
  Prisma.sql`t.valid_until > now() AND t.valid_until <= now() + make_interval(days => ${days}::int)`;

// As `recallMark` writes it.
const IS_RECALLED = Prisma.sql`coalesce(starts_with(t.screened_by, 'recall:'), false)`;

/** How an indicator stands with the team; the same five are the conditions below. */
export const STATE = Prisma.sql`CASE
  WHEN ${IS_RECALLED} THEN 'recalled'
  WHEN NOT t.active THEN 'withdrawn'
  WHEN t.screened_by IS NOT NULL THEN 'allowlisted'
  WHEN t.valid_until <= now() THEN 'expired'
  ELSE 'active' END`;

const IN_STATE: Readonly<Record<IndicatorState, Prisma.Sql>> = {
  // The first half is what an index of few rows is found by.
  recalled: Prisma.sql`t.screened_by IS NOT NULL AND ${IS_RECALLED}`,
  withdrawn: Prisma.sql`NOT t.active AND NOT ${IS_RECALLED}`,
  allowlisted: Prisma.sql`t.active AND t.screened_by IS NOT NULL AND NOT ${IS_RECALLED}`,
  expired: Prisma.sql`t.active AND t.screened_by IS NULL AND t.valid_until <= now()`,
  active: Prisma.sql`t.active AND t.screened_by IS NULL AND (t.valid_until IS NULL OR t.valid_until > now())`,
};

const inReceiptState = (states: readonly string[]): Prisma.Sql =>
  Prisma.sql`r.state = ANY (${[...states]}::receipt_state[])`;

// The run of an entry says who asked for it; once retention has dropped the run, the entry still has the name.
const LOCAL_ENTRIES = Prisma.sql`
  SELECT a.team_id, a.indicator_id AS id FROM feed f
    JOIN attribution a ON a.feed_id = f.id AND a.until_generation IS NULL
    LEFT JOIN feed_run r ON r.feed_id = a.feed_id AND r.number = a.from_generation`;

const isAddedBy = (userId: string): Prisma.Sql => Prisma.sql`f.kind = 'local' AND f.deleted_at IS NULL
  AND coalesce(r.requested_by = ${userId}::uuid,
    a.context ->> 'addedBy' = (SELECT name FROM app_user WHERE id = ${userId}::uuid))`;

const and = (conditions: readonly (Prisma.Sql | false | undefined)[]): Prisma.Sql => {
  const given = conditions.filter((condition) => condition !== undefined && condition !== false);
  return given.length === 0 ? Prisma.empty : Prisma.sql`AND ${Prisma.join(given, " AND ")}`;
};
