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

/** A team or a feed that competes for places: what its connectors' last plans wanted and got. */
type Competitor = PlaceShare & { id: string; name: string; wanted: number; chosen: number };

export type DestinationView = {
  id: string;
  cloud: Cloud;
  tenantId: string;
  limit: number;
  ours: number;
  /** Null: no application of any team could see it. */
  foreign: number | null;
  headroom: number;
  /** The application that reads it for all teams; null: each team sees what its own application may. */
  reader: ReaderView | null;
  /** Places for records of ours. */
  room: number;
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
        ...{ id: true, cloud: true, tenantId: true, capacity: true, budget: true },
        reader: { select: READER_SELECT },
      },
    });
    const views: DestinationView[] = [];
    for (const { id, cloud, tenantId, capacity, budget, reader } of rows) {
      const known = parseCapacity(capacity);
      const { headroom, steadiness, weights, ...shares } = readSettings(budget);
      const ours = await tx.remoteRecord.count({
        where: { destinationId: id, state: { in: ["live", "orphaned"] } },
      });
      views.push({
        ...{ id, cloud: fromStoredCloud(cloud), tenantId },
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
type Row = { id: string; name: string; slug: string; wanted: number; chosen: number };

const readCompetitors = async (
  tx: Tx,
  destinationId: string,
  shares: Shares,
): Promise<Pick<DestinationView, "teams" | "feeds">> => {
  const teams = await tx.$queryRaw<Row[]>`
    SELECT t.id, t.name, t.slug, count(b.indicator_id)::int AS wanted, count(*) FILTER (WHERE b.chosen)::int AS chosen
    FROM connector c JOIN team t ON t.id = c.team_id LEFT JOIN budget_entry b ON b.connector_id = c.id
    WHERE c.destination_id = ${destinationId}::uuid AND c.deleted_at IS NULL
    GROUP BY t.id ORDER BY t.name`;
  const feeds = await tx.$queryRaw<Row[]>`
    SELECT f.id, f.name, t.slug, coalesce(b.wanted, 0) AS wanted, coalesce(b.chosen, 0) AS chosen
    FROM feed f JOIN team t ON t.id = f.team_id
    LEFT JOIN (
      SELECT feed_id, count(*)::int AS wanted, count(*) FILTER (WHERE chosen)::int AS chosen
      FROM budget_entry b JOIN connector c ON c.id = b.connector_id
      WHERE c.destination_id = ${destinationId}::uuid AND c.deleted_at IS NULL GROUP BY feed_id
    ) b ON b.feed_id = f.id
    WHERE b.feed_id IS NOT NULL OR f.id = ANY (${Object.keys(shares.feeds)}::uuid[])
    ORDER BY t.name, f.name`;
  const shareOf = (of: keyof Shares, id: string): PlaceShare => shares[of][id] ?? NO_SHARE;
  return {
    teams: teams.map((row) => ({ ...row, ...shareOf("teams", row.id) })),
    feeds: feeds.map(({ slug, ...row }) => ({ ...row, team: slug, ...shareOf("feeds", row.id) })),
  };
};

const NO_SHARE: PlaceShare = { floor: 0, ceiling: null };
