import "server-only";

import { stringify } from "csv-stringify/sync";
import type { PoolClient } from "pg";

import type { Prisma } from "@/lib/db/generated/client";
import { asTeam, streamAsActor } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { isNarrowed, type PlanItemFilter } from "@/lib/domain/delivery/plan-item-filter";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { takeTurn } from "@/lib/services/indicators/export-turns";
import type { Query } from "@/lib/services/indicators/list-indicators-rows";

import { foreseeItems, isShared } from "./foresee-plan";
import { toPlanItem, type ShownPlanItem } from "./list-plan-items";
import type { PlanView } from "./plan-view";
import { withAdopted } from "./read-adopted";
import { selectPlanItems, toCondition, walkInOrder, type ItemRow } from "./select-plan-items";

export const PLAN_FORMATS = ["csv", "json"] as const;
export type PlanFormat = (typeof PLAN_FORMATS)[number];

const PAGE = 1_000;

type Options = { format: PlanFormat; filter?: PlanItemFilter };

/**
 * Every item of a plan that meets a filter, as a file in pieces: CSV with a header and no cell that a spreadsheet takes for a formula, or JSON with the
 * plan around its items. Values are canonical and live; what will stand beside others' claims is as these are now. Memory does not grow with the plan. Throws `throttled` before the first
 * piece when too many exports run already.
 */
export async function* exportPlan(
  actor: Actor,
  plan: PlanView,
  { format, filter = {} }: Options,
): AsyncGenerator<string, void, undefined> {
  const turn = takeTurn();
  try {
    await noteExport(actor, plan, { format, filter });
    const writer = WRITERS[format];
    yield writer.head(plan, filter);
    let isFirst = true;
    for await (const page of streamAsActor(actor, (client) => readPages(client, plan, filter))) {
      turn.keep();
      yield `${isFirst ? "" : writer.between}${writer.rows(page)}`;
      isFirst = false;
    }
    yield writer.foot;
  } finally {
    turn.leave();
  }
}

async function* readPages(
  client: PoolClient,
  plan: PlanView,
  filter: PlanItemFilter,
): AsyncGenerator<readonly ShownPlanItem[], void, undefined> {
  const query: Query = async <Row>({ text, values }: Prisma.Sql) =>
    (await client.query(text, values)).rows as Row[];
  const hasOthers = await isShared(plan);
  const where = await toCondition(query, filter);
  await walkInOrder(query);
  for (let after = "0"; ;) {
    const rows = await query<ItemRow>(selectPlanItems(plan, { where, limit: PAGE, after }));
    const last = rows.at(-1);
    if (last === undefined) return;
    const read = rows.map(({ row, connectorId: _, deviceGroups, ...rest }) => ({
      ...toPlanItem(rest),
      ...{ row, deviceGroups },
    }));
    const page = (await withAdopted(query, plan, read)).map(({ row, deviceGroups, ...item }) => ({
      ...{ row, deviceGroups, item },
    }));
    const standing = hasOthers ? await foreseeItems(plan, page) : null;
    yield page.map(({ row, item }) => ({ ...item, standing: standing?.get(row) ?? null }));
    after = last.row;
  }
}

/** Live values leave the product: who took them is kept. */
const noteExport = (
  actor: Actor,
  { id, teamId, hash }: PlanView,
  { format, filter }: Required<Options>,
): Promise<void> =>
  asTeam(teamId, (tx) =>
    recordAudit(tx, {
      teamId,
      doer: asDoer(actor),
      action: "plan.export",
      subject: { type: "plan", id },
      detail: { format, hash, ...(isNarrowed(filter) && { filter: given(filter) }) },
    }),
  );

const given = (filter: PlanItemFilter): Record<string, string> =>
  Object.fromEntries(
    Object.entries(filter).flatMap(([name, wanted]) =>
      wanted === undefined || wanted === "" ? [] : [[name, wanted] as const],
    ),
  );

type Writer = {
  head: (plan: PlanView, filter: PlanItemFilter) => string;
  rows: (items: readonly ShownPlanItem[]) => string;
  between: string;
  foot: string;
};

const COLUMNS = [
  ...["operation", "code", "reason", "indicatorId", "type", "value", "action", "severity", "expiresAt"],
  ...["confidence", "tlp", "feeds", "tags", "actionBefore", "severityBefore", "expiresAtBefore", "devices"],
  ...["actionStanding", "severityStanding", "expiresAtStanding", "standingWith"],
];

const WRITERS: Readonly<Record<PlanFormat, Writer>> = {
  csv: {
    // The mark has spreadsheets read it as UTF-8.
    head: () => `\uFEFF${COLUMNS.join(",")}\n`,
    rows: (items) => stringify(items.map(toCells), { columns: COLUMNS, escape_formulas: true }),
    between: "",
    foot: "",
  },
  json: {
    head: ({ id, hash, counts, createdAt }, filter) =>
      `${JSON.stringify({ id, hash, createdAt, counts, filter: given(filter) }).slice(0, -1)},"items":[\n`,
    rows: (items) => items.map((item) => JSON.stringify(item)).join(",\n"),
    between: ",\n",
    foot: "\n]}\n",
  },
};

const toCells = ({ before, after, listed, standing, expiresAt, ...item }: ShownPlanItem) => {
  // What is not to stand there is told as it stands, or as the team's list has it.
  const share = after ?? before;
  const said = share ?? listed;
  return {
    ...item,
    expiresAt: expiresAt?.toISOString() ?? "",
    confidence: said?.confidence ?? "",
    tlp: said?.tlp ?? "",
    feeds: (share?.feeds.map(({ name }) => name) ?? listed?.feeds ?? []).join("; "),
    tags: [...new Set(share?.feeds.flatMap(({ tags }) => tags) ?? listed?.tags)].join("; "),
    actionBefore: before?.action ?? "",
    severityBefore: before?.severity ?? "",
    expiresAtBefore: before?.expiresAt.toISOString() ?? "",
    actionStanding: standing?.action ?? "",
    severityStanding: standing?.severity ?? "",
    expiresAtStanding: standing?.expiresAt.toISOString() ?? "",
    standingWith: standing?.others.join("; ") ?? "",
  };
};
