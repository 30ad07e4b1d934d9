import "server-only";

import { stringify } from "csv-stringify/sync";
import type { PoolClient } from "pg";

import { asTeam, streamAsActor } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { takeTurn } from "@/lib/services/indicators/export-turns";

import { selectPlanItems, toPlanItem, type ItemRow, type PlanItemView } from "./list-plan-items";
import type { PlanView } from "./plan-view";

export const PLAN_FORMATS = ["csv", "json"] as const;
export type PlanFormat = (typeof PLAN_FORMATS)[number];

const PAGE = 1_000;

/**
 * Every item of a plan as a file in pieces: CSV with a header and no cell that a spreadsheet takes for a formula, or JSON with the
 * plan around its items. Values are canonical and live. Memory does not grow with the plan. Throws `throttled` before the first
 * piece when too many exports run already.
 */
export async function* exportPlan(
  actor: Actor,
  plan: PlanView,
  format: PlanFormat,
): AsyncGenerator<string, void, undefined> {
  const turn = takeTurn();
  try {
    await noteExport(actor, plan, format);
    const writer = WRITERS[format];
    yield writer.head(plan);
    let isFirst = true;
    for await (const page of streamAsActor(actor, (client) => readPages(client, plan))) {
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
): AsyncGenerator<readonly PlanItemView[], void, undefined> {
  for (let after = "0"; ;) {
    const { text, values } = selectPlanItems(plan, { limit: PAGE, after });
    const { rows } = await client.query<ItemRow>(text, values);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => toPlanItem(row));
    after = last.row;
  }
}

/** Live values leave the product: who took them is kept. */
const noteExport = (actor: Actor, { id, teamId, hash }: PlanView, format: PlanFormat): Promise<void> =>
  asTeam(teamId, (tx) =>
    recordAudit(tx, {
      teamId,
      doer: asDoer(actor),
      action: "plan.export",
      subject: { type: "plan", id },
      detail: { format, hash },
    }),
  );

type Writer = {
  head: (plan: PlanView) => string;
  rows: (items: readonly PlanItemView[]) => string;
  between: string;
  foot: string;
};

const COLUMNS = [
  ...["operation", "code", "reason", "indicatorId", "type", "value", "action", "severity", "expiresAt"],
  ...["confidence", "tlp", "feeds", "tags", "actionBefore", "severityBefore", "expiresAtBefore", "devices"],
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
    head: ({ id, hash, counts, createdAt }) =>
      `${JSON.stringify({ id, hash, createdAt, counts }).slice(0, -1)},"items":[\n`,
    rows: (items) => items.map((item) => JSON.stringify(item)).join(",\n"),
    between: ",\n",
    foot: "\n]}\n",
  },
};

const toCells = ({ before, after, expiresAt, ...item }: PlanItemView) => ({
  ...item,
  expiresAt: expiresAt?.toISOString() ?? "",
  confidence: after?.confidence ?? "",
  tlp: after?.tlp ?? "",
  feeds: after?.feeds.map(({ name }) => name).join("; ") ?? "",
  tags: [...new Set(after?.feeds.flatMap(({ tags }) => tags))].join("; "),
  actionBefore: before?.action ?? "",
  severityBefore: before?.severity ?? "",
  expiresAtBefore: before?.expiresAt.toISOString() ?? "",
});
