import "server-only";

import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { asTeam } from "@/lib/db/scope";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { AppError } from "@/lib/domain/errors";
import type { Standing } from "@/lib/domain/delivery/standing";
import { indicatorTypeFromCode, tlpFromCode } from "@/lib/domain/indicator/types";

import { withDoubts, type Doubts } from "./find-doubts";
import { foreseeItems } from "./foresee-plan";

export const ITEM_OPERATIONS = ["add", "change", "remove", "blocked"] as const;
type ItemOperation = (typeof ITEM_OPERATIONS)[number];

export type PlanItemView = z.output<typeof itemSchema>;

/** In the order of the rows, or what most devices saw first. */
export const ITEM_SORTS = ["row", "devices"] as const;
type ItemSort = (typeof ITEM_SORTS)[number];

type Options = {
  operation?: ItemOperation | undefined;
  code?: string | undefined;
  sort?: ItemSort | undefined;
  limit: number;
  /** The `next` of the page before. */
  after: string | null;
};

/** `standing`: what will stand there where others claim the record, too. */
export type ShownPlanItem = PlanItemView & { standing: Standing | null };

/** What a plan does to each indicator and why, in a stable order, with what stands there and what is to stand there. */
export const listPlanItems = async (
  { id, teamId }: { id: string; teamId: string },
  { operation, code, sort = "row", limit, after }: Options,
): Promise<{ items: (ShownPlanItem & Doubts)[]; next: string | null }> => {
  const place = sort === "row" ? readPlace(after) : after;
  const rows = await asTeam(teamId, (tx) =>
    tx.$queryRaw<ItemRow[]>(
      selectPlanItems({ id, teamId }, { operation, code, sort, limit: limit + 1, after: place }),
    ),
  );
  const page = rows.slice(0, limit).map(({ row, connectorId, deviceGroups, ...rest }) => ({
    // A place among what most devices saw begins with their number.
    row: row.slice(row.indexOf(".") + 1),
    place: row,
    connectorId,
    deviceGroups,
    item: toPlanItem(rest),
  }));
  const connectorId = page[0]?.connectorId;
  const standing = connectorId === undefined ? null : await foreseeItems({ connectorId, teamId }, page);
  return {
    items: await withDoubts(
      teamId,
      page.map(({ row, item }) => ({ rowId: row, item: { ...item, standing: standing?.get(row) ?? null } })),
    ),
    next: rows.length > limit ? (page.at(-1)?.place ?? null) : null,
  };
};

export type ItemRow = {
  row: string;
  connectorId: string;
  /** Those that a rule names for the record that it is to stand as; null: those of the connector. */
  deviceGroups: string[] | null;
};

/** A page of a plan's items after a place, as `toPlanItem` reads them. */
export const selectPlanItems = (
  { id, teamId }: { id: string; teamId: string },
  { operation, code, sort = "row", limit, after }: Options,
): Prisma.Sql => Prisma.sql`
      SELECT ${sort === "row" ? Prisma.sql`p.indicator_id::text` : Prisma.sql`coalesce(b.devices, -1) || '.' || p.indicator_id`} AS row, plan.connector_id AS "connectorId", p.content->'deviceGroups' AS "deviceGroups", i.key AS "indicatorId", i.type, i.value, p.operation, p.code, p.reason, p.action,
        p.severity, p.expires_at AS "expiresAt", p.rank, p.cut, b.devices, b.last_seen AS "lastSeen", b.asked_at AS "askedAt",
        CASE WHEN p.content IS NOT NULL THEN jsonb_build_object('action', p.action, 'severity', p.severity,
          'expiresAt', p.expires_at, 'content', p.content) END AS after,
        CASE WHEN c.record_id IS NOT NULL THEN jsonb_build_object('action', c.action, 'severity', c.severity,
          'expiresAt', c.expires_at, 'content', c.content) END AS before
      FROM plan_item p
      JOIN plan ON plan.id = p.plan_id
      JOIN indicator i ON i.id = p.indicator_id
      LEFT JOIN claim c ON c.connector_id = plan.connector_id AND c.indicator_id = p.indicator_id
        AND c.content_hash = p.claim_hash
      LEFT JOIN prevalence b ON b.connector_id = plan.connector_id AND b.team_id = p.team_id AND b.indicator_id = p.indicator_id
      WHERE p.plan_id = ${id}::uuid AND p.team_id = ${teamId}::uuid
        AND ${sort === "row" ? Prisma.sql`p.indicator_id > ${after ?? "0"}::bigint` : behind(after)}
        AND (${operation ?? null}::text IS NULL OR p.operation = ${operation ?? null})
        AND (${code ?? null}::text IS NULL OR p.code = ${code ?? null})
      ORDER BY ${sort === "row" ? Prisma.empty : Prisma.sql`coalesce(b.devices, -1) DESC,`} p.indicator_id LIMIT ${limit}`;

/** What comes behind a place among what most devices saw first. Throws as `readPlace`. */
const behind = (after: string | null): Prisma.Sql => {
  if (after === null) return Prisma.sql`true`;
  const found = /^(-1|\d{1,10})\.(\d{1,18})$/.exec(after);
  if (!found) throw notOurs();
  const [, devices = "", row = ""] = found;
  return Prisma.sql`(coalesce(b.devices, -1) < ${devices}::bigint
    OR (coalesce(b.devices, -1) = ${devices}::bigint AND p.indicator_id > ${row}::bigint))`;
};

/** A place in a list by a row's number. Throws `invalid_input` for text that no list gave. */
export const readPlace = (after: string | null): string => {
  if (after === null) return "0";
  if (/^\d{1,18}$/.test(after)) return after;
  throw notOurs();
};

const notOurs = (): AppError =>
  new AppError("invalid_input", "The cursor is not one that this list gave. Start again without it.");

/** How the team's share of a record stands, or is to stand. */
const shareSchema = z
  .object({
    action: z.enum(ACTIONS),
    severity: z.enum(SEVERITIES),
    expiresAt: z.coerce.date(),
    content: z.object({
      confidence: z.number(),
      tlp: z.number().transform(tlpFromCode),
      feeds: z.array(
        z.object({
          name: z.string(),
          comment: z.string(),
          threatType: z.string(),
          tags: z.array(z.string()),
        }),
      ),
    }),
  })
  .transform(({ content, ...share }) => ({ ...share, ...content }));

const itemSchema = z.object({
  indicatorId: z.string(),
  type: z.number().transform(indicatorTypeFromCode),
  value: z.string(),
  operation: z.enum(ITEM_OPERATIONS),
  code: z.string(),
  reason: z.string(),
  action: z.string().nullable(),
  severity: z.string().nullable(),
  expiresAt: z.date().nullable(),
  rank: z.number().nullable(),
  cut: z.number().nullable(),
  /** Devices that saw it by the last answer; null: nobody was told. */
  devices: z.number().nullable(),
  lastSeen: z.date().nullable(),
  askedAt: z.date().nullable(),
  before: shareSchema.nullable(),
  after: shareSchema.nullable(),
});

/** Reads a row that `selectPlanItems` found. */
export const toPlanItem = (row: unknown): PlanItemView => itemSchema.parse(row);
