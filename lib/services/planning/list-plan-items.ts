import "server-only";

import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { ITEM_OPERATIONS, type PlanItemFilter } from "@/lib/domain/delivery/plan-item-filter";
import type { Standing } from "@/lib/domain/delivery/standing";
import { indicatorTypeFromCode, tlpFromCode } from "@/lib/domain/indicator/types";
import { queryOf } from "@/lib/services/indicators/list-indicators-rows";

import { withDoubts, type Doubts } from "./find-doubts";
import { withLetThrough, type LetThrough } from "./find-let-through";
import { foreseeItems } from "./foresee-plan";
import { withAdopted } from "./read-adopted";
import {
  readPlace,
  selectPlanItems,
  toCondition,
  walkInOrder,
  type ITEM_SORTS,
  type ItemRow,
} from "./select-plan-items";

export type PlanItemView = z.output<typeof itemSchema>;

type Options = PlanItemFilter & {
  sort?: (typeof ITEM_SORTS)[number] | undefined;
  limit: number;
  /** The `next` of the page before. */
  after: string | null;
};

/** `standing`: what will stand there where others claim the record, too. */
export type ShownPlanItem = PlanItemView & { standing: Standing | null };

/** With what speaks against blocking it, and who let it through since the plan was made. */
type ListedPlanItem = ShownPlanItem & Doubts & { letThrough: LetThrough | null };

/** What a plan does to each indicator and why, in a stable order, with what stands there and what is to stand there. */
export const listPlanItems = async (
  { id, teamId }: { id: string; teamId: string },
  { sort = "row", limit, after, ...filter }: Options,
): Promise<{ items: ListedPlanItem[]; next: string | null }> => {
  const place = sort === "row" ? readPlace(after) : after;
  const { connectorId, read, hasMore } = await asTeam(teamId, async (tx) => {
    const query = queryOf(tx);
    const where = await toCondition(query, filter);
    if (sort === "row") await walkInOrder(query);
    const rows = await query<ItemRow>(
      selectPlanItems({ id, teamId }, { where, sort, limit: limit + 1, after: place }),
    );
    const at = rows[0]?.connectorId ?? null;
    const shown = rows.slice(0, limit).map(({ row, connectorId: _, deviceGroups, ...rest }) => ({
      ...toPlanItem(rest),
      ...{ place: row, deviceGroups },
    }));
    return {
      ...{ connectorId: at, hasMore: rows.length > limit },
      read: at === null ? [] : await withAdopted(query, { connectorId: at, teamId }, shown),
    };
  });
  if (connectorId === null) return { items: [], next: null };
  const page = read.map(({ place: at, deviceGroups, ...item }) => ({
    // A place among what most devices saw begins with their number.
    row: at.slice(at.indexOf(".") + 1),
    ...{ deviceGroups, item },
  }));
  const own = { connectorId, teamId };
  const standing = await foreseeItems(own, page);
  const items = page.map(({ row, item }) => ({
    rowId: row,
    item: { ...item, standing: standing.get(row) ?? null },
  }));
  return {
    items: await withDoubts(teamId, await withLetThrough(own, items)),
    next: hasMore ? (read.at(-1)?.place ?? null) : null,
  };
};

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
  /** What the team's list says now of what is not to stand there; null where it does not know it. */
  listed: z
    .object({
      confidence: z.number(),
      tlp: z.number().transform(tlpFromCode),
      feeds: z.array(z.string()),
      tags: z.array(z.string()),
    })
    .nullable(),
});

/** Reads a row that `selectPlanItems` found. */
export const toPlanItem = (row: unknown): PlanItemView => itemSchema.parse(row);
