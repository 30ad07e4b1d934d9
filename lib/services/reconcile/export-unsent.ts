import "server-only";

import { stringify } from "csv-stringify/sync";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { takeTurn } from "@/lib/services/indicators/export-turns";

import { listForeign, type ForeignFilter } from "./list-foreign";
import { listStrangers, type StrangerFilter } from "./list-strangers";

export const UNSENT_FORMATS = ["csv", "json"] as const;
export type UnsentFormat = (typeof UNSENT_FORMATS)[number];

/** What stands at a destination and Sluice did not send: made by the connector's own application, or by others. */
export type UnsentList = "strangers" | "foreign";

type Connector = { id: string; teamId: string };
type Options = { list: UnsentList; format: UnsentFormat; filter: StrangerFilter & ForeignFilter };

const PAGE = 1_000;

/**
 * What stands at a connector's destination and Sluice did not send, as a file in pieces: CSV with a header and no cell that a spreadsheet
 * takes for a formula, or JSON with the rows as `records`. Values are canonical and live. Throws `throttled` before the first piece when too many
 * exports run already.
 */
export async function* exportUnsent(
  actor: Actor,
  connector: Connector,
  { list, format, filter }: Options,
): AsyncGenerator<string, void, undefined> {
  const turn = takeTurn();
  try {
    await noteExport(actor, connector, { list, format });
    const { head, between, foot, rows } = WRITERS[format](COLUMNS[list]);
    yield head;
    let isFirst = true;
    for await (const page of PAGES[list](connector, filter)) {
      turn.keep();
      yield `${isFirst ? "" : between}${rows(page)}`;
      isFirst = false;
    }
    yield foot;
  } finally {
    turn.leave();
  }
}

type Cells = Readonly<Record<string, unknown>>;

/** Pages that are not empty. */
const PAGES = {
  strangers: (connector: Connector, filter: StrangerFilter) =>
    pagesOf(async (after) => {
      const { strangers, next } = await listStrangers(connector, { ...filter, limit: PAGE, after });
      return { rows: strangers, next };
    }),
  foreign: (connector: Connector, filter: ForeignFilter) =>
    pagesOf(async (after) => {
      const { records, next } = await listForeign(connector, { ...filter, limit: PAGE, after });
      return { rows: records, next };
    }),
};

async function* pagesOf(
  read: (after: string | null) => Promise<{ rows: readonly Cells[]; next: string | null }>,
): AsyncGenerator<readonly Cells[], void, undefined> {
  let after: string | null = null;
  do {
    const { rows, next } = await read(after);
    if (rows.length > 0) yield rows;
    after = next;
  } while (after !== null);
}

/** Live values leave the product: who took them is kept. */
const noteExport = (
  actor: Actor,
  { id, teamId }: Connector,
  detail: { list: UnsentList; format: UnsentFormat },
): Promise<void> =>
  asTeam(teamId, (tx) =>
    recordAudit(tx, {
      ...{ teamId, doer: asDoer(actor), action: "connector.export", detail },
      subject: { type: "connector", id },
    }),
  );

const COLUMNS: Readonly<Record<UnsentList, string[]>> = {
  strangers: [
    ...["remoteId", "type", "value", "action", "severity", "title", "description", "expiresAt"],
    ...[
      "changedBy",
      "changedAt",
      "isDuplicate",
      "foundAt",
      "state",
      "decidedBy",
      "decidedAt",
      "problem",
      "goneAt",
    ],
  ],
  foreign: [
    ...["remoteId", "indicatorId", "type", "value", "action", "deviceGroups", "maker", "makerName"],
    ...["seenAt", "isWanted"],
  ],
};

type Writer = { head: string; rows: (page: readonly Cells[]) => string; between: string; foot: string };

const WRITERS: Readonly<Record<UnsentFormat, (columns: string[]) => Writer>> = {
  csv: (columns) => ({
    // The mark has spreadsheets read it as UTF-8.
    head: `\uFEFF${columns.join(",")}\n`,
    rows: (page) => stringify(page.map(toCells), { columns, escape_formulas: true }),
    between: "",
    foot: "",
  }),
  json: () => ({
    head: '{"records":[\n',
    rows: (page) => page.map((row) => JSON.stringify(row)).join(",\n"),
    between: ",\n",
    foot: "\n]}\n",
  }),
};

const toCells = (row: Cells): Cells =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toCell(value)]));

const toCell = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "boolean") return String(value);
  return Array.isArray(value) ? value.join("; ") : value;
};
