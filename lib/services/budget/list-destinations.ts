import "server-only";

import { asSystem } from "@/lib/db/scope";
import type { Tx } from "@/lib/db/client";
import type { Actor } from "@/lib/domain/access/actor";
import type { Cloud } from "@/lib/domain/connector/kinds";
import { roomFor } from "@/lib/domain/delivery/capacity";
import type { PlaceShare, Weights } from "@/lib/domain/selection/budget-settings";
import { fromStoredCloud } from "@/lib/services/connectors/cloud-column";
import { READER_SELECT, toReaderView, type ReaderView } from "@/lib/services/connectors/reader-view";
import { requireAdministrator } from "@/lib/services/people/privilege";

import { readSettings } from "./budget-settings";
import { parseCapacity } from "@/lib/services/delivery/note-capacity";

/** What connectors' last plans wanted and got, in places: a record that several of them want is one. */
type Places = {
  wanted: number;
  chosen: number;
  /** Of what is wanted, how much more than one connector wants. */
  several: number;
};

/** A team or a feed that competes for places. */
type Competitor = PlaceShare & Places & { id: string; name: string };

export type DestinationView = {
  id: string;
  cloud: Cloud;
  tenantId: string;
  tenantName: string | null;
  limit: number;
  ours: number;
  /** Null: no application of any team could see it. */
  foreign: number | null;
  headroom: number;
  /** The application that reads it for all teams; null: each team sees what its own application may. */
  reader: ReaderView | null;
  /** Places for records of ours; the most there can be while nobody sees what others put there. */
  room: number;
  wanted: number;
  chosen: number;
  several: number;
  steadiness: number;
  weights: Weights;
  teams: (Competitor & { slug: string })[];
  feeds: (Competitor & { team: string })[];
};

/** The destinations that have a limit, with who competes for their places, for administrators. */
export const listDestinations = async (actor: Actor, now: Date): Promise<DestinationView[]> => {
  requireAdministrator(actor, "admin.system");
  return asSystem("administration", async (tx) => {
    const rows = await tx.destination.findMany({
      where: { kind: "defender", connectors: { some: { deletedAt: null } } },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      select: {
        ...{ id: true, cloud: true, tenantId: true, tenantName: true, capacity: true, budget: true },
        reader: { select: READER_SELECT },
      },
    });
    const views: DestinationView[] = [];
    for (const { id, cloud, tenantId, tenantName, capacity, budget, reader } of rows) {
      const known = parseCapacity(capacity);
      const { headroom, steadiness, weights, ...shares } = readSettings(budget);
      const ours = await tx.remoteRecord.count({
        where: { destinationId: id, state: { in: ["live", "orphaned"] } },
      });
      views.push({
        ...{ id, cloud: fromStoredCloud(cloud), tenantId, tenantName },
        ...{ limit: known.limit, ours, foreign: known.foreign, headroom },
        reader: reader && toReaderView(reader),
        room: roomFor(known, { ours, headroom, now }),
        ...{ steadiness, weights },
        ...(await readCompetitors(tx, id, shares)),
      });
    }
    return views;
  });
};

type Shares = Record<"teams" | "feeds", Readonly<Record<string, PlaceShare>>>;
type Row = { id: string; name: string; slug: string };

const readCompetitors = async (
  tx: Tx,
  destinationId: string,
  shares: Shares,
): Promise<Pick<DestinationView, "teams" | "feeds" | keyof Places>> => {
  const places = await countPlaces(tx, destinationId);
  // Whoever has a share is listed, whether they send there or not: it counts. Ids of teams among them are those of no feed.
  const ids = [...places.keys(), ...Object.keys(shares.feeds)].filter((id) => id !== EVERYBODY);
  const teams = await tx.$queryRaw<Row[]>`
    SELECT t.id, t.name, t.slug FROM team t
    WHERE t.id = ANY (${Object.keys(shares.teams)}::uuid[]) OR EXISTS (
      SELECT FROM connector c WHERE c.team_id = t.id AND c.destination_id = ${destinationId}::uuid AND c.deleted_at IS NULL)
    ORDER BY t.name`;
  const feeds = await tx.$queryRaw<Row[]>`
    SELECT f.id, f.name, t.slug FROM feed f JOIN team t ON t.id = f.team_id
    WHERE f.id = ANY (${ids}::uuid[]) ORDER BY t.name, f.name`;
  const of = (kind: keyof Shares, id: string) => ({
    ...(shares[kind][id] ?? NO_SHARE),
    ...(places.get(id) ?? NO_PLACES),
  });
  return {
    ...(places.get(EVERYBODY) ?? NO_PLACES),
    teams: teams.map((row) => ({ ...row, ...of("teams", row.id) })),
    feeds: feeds.map(({ slug, ...row }) => ({ ...row, team: slug, ...of("feeds", row.id) })),
  };
};

/** By team, by feed and, under `EVERYBODY`, of all together. What a paused connector wanted competes with nobody. */
const countPlaces = async (tx: Tx, destinationId: string): Promise<ReadonlyMap<string, Places>> => {
  const rows = await tx.$queryRaw<(Places & { id: string | null })[]>`
    WITH wish AS MATERIALIZED (
      SELECT b.indicator_id, coalesce(b.device_groups, own.scope) AS scope, b.team_id, b.feed_id, b.chosen
      FROM connector c
      CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(name ORDER BY name COLLATE "C"), '[]') AS scope FROM unnest(c.device_groups) name
      ) own
      JOIN budget_entry b ON b.connector_id = c.id
      WHERE c.destination_id = ${destinationId}::uuid AND c.enabled AND c.deleted_at IS NULL
    )
    SELECT coalesce(team_id, feed_id)::text AS id, count(*)::int AS wanted,
      count(*) FILTER (WHERE has_place)::int AS chosen, count(*) FILTER (WHERE wishes > 1)::int AS several
    FROM (
      SELECT team_id, feed_id, bool_or(chosen) AS has_place, count(*) AS wishes FROM wish
      GROUP BY GROUPING SETS ((indicator_id, scope), (indicator_id, scope, team_id), (indicator_id, scope, feed_id))
    ) place GROUP BY team_id, feed_id`;
  return new Map(rows.map(({ id, ...places }) => [id ?? EVERYBODY, places]));
};

const EVERYBODY = "";
const NO_PLACES: Places = { wanted: 0, chosen: 0, several: 0 };
const NO_SHARE: PlaceShare = { floor: 0, ceiling: null };
