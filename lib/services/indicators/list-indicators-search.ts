import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import { HOST_KEY, NETWORK_KEY } from "@/lib/db/queries/indicator-keys";
import type { IndicatorFilter } from "@/lib/domain/indicator/list-query";
import {
  idsOf,
  isRecordNumber,
  otherSchemeOf,
  readSearch,
  typesOf,
  type SearchQuery,
} from "@/lib/domain/indicator/search-query";
import { INDICATOR_TYPES, indicatorTypeCode } from "@/lib/domain/indicator/types";

/** What a text in the search box comes to in SQL. Each condition reads `indicator i` alone, and has an index of its own there. */
export type Search = {
  /** A value answers when it meets any of these. */
  conditions: readonly Prisma.Sql[];
  /** Whether the first few that are found cost little however many there are: not so of parts, whose index gives all at once. */
  isOrdered: boolean;
};

/** The question in a filter; null when it asks for nothing in particular. */
export const toSearch = ({ q }: IndicatorFilter): Search | null => {
  const query = q === undefined ? null : readSearch(q);
  if (query === null) return null;
  const ids = idsOf(query);
  const byId = ids.length === 0 ? [] : [Prisma.sql`i.key = ANY (${[...ids]}::uuid[])`];
  return {
    conditions: [...byId, ...others(query)],
    isOrdered: query.kind !== "text",
  };
};

/** The numbers of the types that a filter can find at all. */
export const wantedTypes = ({ type, q }: IndicatorFilter): number[] => {
  const query = q === undefined ? null : readSearch(q);
  const possible = (query && typesOf(query)) ?? INDICATOR_TYPES;
  return possible.filter((name) => type?.includes(name) ?? true).map(indicatorTypeCode);
};

/** Values that meet a search, as a list of ids. */
export const selectFound = ({ conditions }: Search): Prisma.Sql => eachOf(conditions, " UNION ");

/** How many values meet a search, counted no further than is said. */
export const countFound = ({ conditions }: Search, most: number): Prisma.Sql =>
  Prisma.sql`SELECT count(*) AS count FROM (SELECT FROM (${eachOf(conditions, " UNION ALL ")}) found LIMIT ${most}) counted`;

/** As `selectFound`, one condition after the other: the first rows come at once, and one that meets two comes twice. */
export const selectEach = ({ conditions }: Search): Prisma.Sql => eachOf(conditions, " UNION ALL ");

const eachOf = (conditions: readonly Prisma.Sql[], separator: string): Prisma.Sql =>
  Prisma.join(
    conditions.map((condition) => Prisma.sql`SELECT i.id FROM indicator i WHERE ${condition}`),
    separator,
  );

/** Whether the value of `t` meets a search, asked of each by itself. */
export const isFound = ({ conditions }: Search): Prisma.Sql =>
  Prisma.sql`(SELECT ${Prisma.join([...conditions], " OR ")} FROM indicator i WHERE i.id = t.indicator_id)`;

const others = (query: SearchQuery): Prisma.Sql[] => {
  switch (query.kind) {
    case "value":
      return query.type === "url"
        ? [query.value, ...otherSchemeOf(query.value)].map((url) => startsWith(url, [URL_TYPE]))
        : [];
    case "network":
      return [Prisma.sql`(i.type <= 4 AND ${NETWORK} <<= ${query.cidr}::inet)`];
    case "domain":
      return isAt(query.host);
    case "id":
      return isKnownAs(query.id);
    case "text":
      return [
        ...(isRecordNumber(query.text) ? [isRecordOf(query.text)] : []),
        startsWith(query.text.toLowerCase(), ALL_TYPES),
        ...holds(query.text),
      ];
  }
};

// Row security leaves only the receipts and attributions of the reader's teams; each of these has an index.
const isKnownAs = (id: string): Prisma.Sql[] => [
  isRecordOf(id),
  Prisma.sql`(i.id IN (SELECT r.indicator_id FROM receipt r WHERE r.stix_id = ${id}))`,
  Prisma.sql`(i.id IN (SELECT a.indicator_id FROM attribution a WHERE a.external_id = ${id}))`,
  Prisma.sql`(i.id IN (SELECT a.indicator_id FROM attribution a WHERE a.event = ${id} AND a.until_generation IS NULL))`,
];

const isRecordOf = (remoteId: string): Prisma.Sql =>
  Prisma.sql`(i.id IN (SELECT r.indicator_id FROM receipt r WHERE r.remote_id = ${remoteId}))`;

const startsWith = (text: string, types: readonly number[]): Prisma.Sql => {
  const start = text.slice(0, PREFIX_CHARS);
  const range = Prisma.sql`i.type = ANY (${[...types]}::smallint[]) AND left(i.value, 200) >= ${start}
    AND left(i.value, 200) < ${`${start}\u{10FFFF}`}`;
  // A condition is true or false, never unknown, of whatever value.
  return Prisma.sql`(${range} AND starts_with(i.value, ${text}))`;
};

// `/` is the character after the full stop: what lies between begins with the one and ends with nothing else.
const isAt = (host: string): Prisma.Sql[] => [
  Prisma.sql`(i.type BETWEEN 5 AND 7 AND ${HOST} = reverse(${host}))`,
  Prisma.sql`(i.type BETWEEN 5 AND 7 AND ${HOST} >= reverse(${`.${host}`}) AND ${HOST} < reverse(${`/${host}`}))`,
];

// Fewer than three characters are in no trigram; hashes and addresses have no middle that anybody searches for.
const holds = (text: string): Prisma.Sql[] =>
  text.length < SHORTEST_PART
    ? []
    : [
        Prisma.sql`(i.type BETWEEN 5 AND 7 AND i.value ILIKE ${`%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`})`,
      ];

const NETWORK = Prisma.raw(NETWORK_KEY);
const HOST = Prisma.raw(HOST_KEY);
const PREFIX_CHARS = 200;
const SHORTEST_PART = 3;
const URL_TYPE = indicatorTypeCode("url");
const ALL_TYPES = INDICATOR_TYPES.map(indicatorTypeCode);
