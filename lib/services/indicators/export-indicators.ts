import "server-only";

import { randomUUID } from "node:crypto";

import { stringify } from "csv-stringify/sync";
import type { PoolClient } from "pg";

import { toPattern } from "@/lib/connectors/sentinel/pattern";
import { TLP_MARKINGS } from "@/lib/feeds/formats/stix/markings";
import { Prisma } from "@/lib/db/generated/client";
import { asTeam, streamAsActor } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { IndicatorFilter } from "@/lib/domain/indicator/list-query";

import { recordAudit } from "@/lib/services/audit/record-audit";

import { takeTurn } from "./export-turns";
import { withWords, type Exported } from "./export-words";
import { countFoundFrom, selectKeys, startWell, withFound } from "./list-indicators-matching";
import { readRows, type PageKey, type Query } from "./list-indicators-rows";
import { toSearch, wantedTypes } from "./list-indicators-search";

export const EXPORT_FORMATS = ["csv", "json", "stix"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Options = { teamIds: readonly string[]; filter: IndicatorFilter; format: ExportFormat; now: Date };
type Limit = { longestMs?: number };

/** As many as a statement reads without the list's page having to wait for it. */
const PAGE = 1_000;
/** The largest lists take minutes; what takes longer holds a connection and the database's oldest moment for nobody. */
const LONGEST_MS = 30 * 60_000;

/**
 * Exactly what a filter finds, in its order, as a file in pieces: CSV with a header and no cell that a spreadsheet takes for a
 * formula, a JSON list, or a STIX 2.1 bundle. Values are canonical and live. Memory does not grow with the list. Throws
 * `throttled` before the first piece when too many run already, and breaks off after half an hour.
 */
export async function* exportIndicators(
  actor: Actor,
  { teamIds, filter, format, now }: Options,
  { longestMs = LONGEST_MS }: Limit = {},
): AsyncGenerator<string, void, undefined> {
  const turn = takeTurn();
  try {
    await noteExport(actor, { teamIds, filter, format, now });
    const writer = WRITERS[format](now);
    yield writer.head;
    const endsAt = performance.now() + longestMs;
    let isFirst = true;
    for await (const page of streamAsActor(actor, (client) => readPages(client, { teamIds, filter }))) {
      if (performance.now() > endsAt)
        throw new AppError(
          "invalid_input",
          "The export took longer than half an hour and was broken off. Filter the list and take it in parts.",
        );
      turn.keep();
      yield `${isFirst ? "" : writer.between}${writer.rows(page)}`;
      isFirst = false;
    }
    yield writer.foot;
  } finally {
    turn.leave();
  }
}

/** All that is found, sorted once and of one moment, however long it takes to hand it on. */
async function* readPages(
  client: PoolClient,
  { teamIds, filter }: Pick<Options, "teamIds" | "filter">,
): AsyncGenerator<readonly Exported[], void, undefined> {
  const wanted = { teamIds, filter, search: toSearch(filter) };
  if (wantedTypes(filter).length === 0) return;
  const query: Query = async <Row>({ text, values }: Prisma.Sql) =>
    (await client.query(text, values)).rows as Row[];
  await client.query("SELECT set_config('statement_timeout', $1, true)", [String(LONGEST_MS)]);
  // All of it is wanted, not the first few rows soon.
  await client.query("SET LOCAL cursor_tuple_fraction = 1");
  await startWell(query, wanted, async (start) => {
    const found = await countFoundFrom(query, wanted, start);
    if (start.at !== "values" || found < start.most) {
      const { text, values } = Prisma.sql`${withFound(wanted, start)} ${selectKeys(wanted, start, null)}`;
      await client.query(`DECLARE listed NO SCROLL CURSOR FOR ${text}`, values);
    }
    return { found, result: null };
  });
  for (;;) {
    const keys = await query<PageKey>(Prisma.sql`FETCH ${Prisma.raw(String(PAGE))} FROM listed`);
    if (keys.length === 0) break;
    yield await withWords(query, await readRows(query, keys));
  }
}

/** Live values leave the product: who took them, and which, is kept. */
const noteExport = async (actor: Actor, { teamIds, filter, format, now }: Options): Promise<void> => {
  for (const teamId of teamIds)
    await asTeam(teamId, (tx) =>
      recordAudit(
        tx,
        {
          teamId,
          doer: asDoer(actor),
          action: "indicator.export",
          subject: { type: "team", id: teamId },
          detail: { format, filter: JSON.stringify(filter) },
        },
        now,
      ),
    );
};

type Writer = {
  head: string;
  rows: (indicators: readonly Exported[]) => string;
  between: string;
  foot: string;
};

const COLUMNS = [
  ...["id", "type", "value", "state", "confidence", "tlp", "tags", "feeds"],
  ...["firstSeen", "lastSeen", "validUntil", "addedAt", "destinations"],
  ...["comment", "action", "severity"],
];

const WRITERS: Readonly<Record<ExportFormat, (now: Date) => Writer>> = {
  csv: () => ({
    // The mark has spreadsheets read it as UTF-8.
    head: `\uFEFF${COLUMNS.join(",")}\n`,
    rows: (indicators) => stringify(indicators.map(toCells), { columns: COLUMNS, escape_formulas: true }),
    between: "",
    foot: "",
  }),
  json: () => ({
    head: "[\n",
    rows: (indicators) => indicators.map((one) => JSON.stringify(one)).join(",\n"),
    between: ",\n",
    foot: "\n]\n",
  }),
  stix: (now) => ({
    head: `{"type":"bundle","id":"bundle--${randomUUID()}","objects":[\n${TLP_MARKINGS.map(({ object }) => JSON.stringify(object)).join(",\n")}`,
    rows: (indicators) => indicators.map((one) => `,\n${JSON.stringify(toStix(one, now))}`).join(""),
    between: "",
    foot: "\n]}\n",
  }),
};

const toCells = ({ tags, feeds, destinations, ...row }: Exported) => ({
  ...row,
  firstSeen: row.firstSeen.toISOString(),
  lastSeen: row.lastSeen.toISOString(),
  validUntil: row.validUntil?.toISOString() ?? "",
  addedAt: row.addedAt.toISOString(),
  tags: tags.join("; "),
  feeds: feeds.map(({ name }) => name).join("; "),
  destinations: destinations.map(wordsOf).join("; "),
});

const wordsOf = ({ connector, state, addresses }: Exported["destinations"][number]): string =>
  addresses === null
    ? `${connector}: ${state}`
    : `${connector}: ${state} (${String(addresses.standing)} of ${String(addresses.of)} addresses)`;

/** What does not hold any more ends now at the latest: STIX knows no other way to say so without revoking it for good. */
const toStix = (one: Exported, now: Date) => {
  const { id, type, value, state, confidence, tlp, tags, firstSeen, validUntil, addedAt, comment } = one;
  const ended = state === "active" ? validUntil : (earlier(validUntil, now) ?? now);
  const validFrom = firstSeen < addedAt ? firstSeen : addedAt;
  // An end is later than its beginning.
  const end = ended && ended <= validFrom ? new Date(validFrom.getTime() + 1) : ended;
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--${id}`,
    created: addedAt.toISOString(),
    modified: (now < addedAt ? addedAt : now).toISOString(),
    name: value,
    ...(comment !== "" && { description: comment }),
    pattern: toPattern(type, value),
    pattern_type: "stix",
    valid_from: validFrom.toISOString(),
    ...(end && { valid_until: end.toISOString() }),
    confidence,
    ...(tags.length > 0 && { labels: tags }),
    object_marking_refs: TLP_MARKINGS.flatMap((marking) => (marking.tlp === tlp ? [marking.object.id] : [])),
  };
};

const earlier = (one: Date | null, other: Date): Date | null => (one === null || one > other ? other : one);
