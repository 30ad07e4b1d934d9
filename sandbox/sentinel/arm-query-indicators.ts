import { z } from "zod";

import { type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { type World } from "../world";

import { admitArm, readArmBody, STABLE_VERSIONS } from "./arm-access";
import { indicatorItem } from "./arm-items";
import { parse } from "./arm-query";
import { nextLinkOf, pageOf, skipOf } from "./paging";
import { patternTypeOf } from "./pattern";
import { confidenceOf, isActive, textOf, textsOf, type StixRow } from "./stix-row";
import { queryable } from "./visible";

const querySchema = z.object({
  pageSize: z.number().int().min(1).max(1000).default(100),
  minConfidence: z.number().optional(),
  maxConfidence: z.number().optional(),
  minValidUntil: z.iso.datetime({ offset: true }).optional(),
  maxValidUntil: z.iso.datetime({ offset: true }).optional(),
  includeDisabled: z.boolean().default(false),
  sortBy: z
    .array(z.object({ itemKey: z.string(), sortOrder: z.enum(["unsorted", "ascending", "descending"]) }))
    .default([]),
  sources: z.array(z.string()).optional(),
  patternTypes: z.array(z.string()).optional(),
  threatTypes: z.array(z.string()).optional(),
  ids: z.array(z.string()).optional(),
  keywords: z.array(z.string()).optional(),
  skipToken: z.string().optional(),
});

type Query = z.infer<typeof querySchema>;

/** `POST /main/queryIndicators` of the older family. */
export const queryIndicators = async (call: Call, world: World): Promise<Reply> => {
  const { workspace } = await admitArm(call, world, STABLE_VERSIONS);
  const query = parse(querySchema, readArmBody(call));
  const showsInactive =
    query.includeDisabled ||
    query.minValidUntil !== undefined ||
    world.state.switches.sentinelQueryInactive === "show";
  const found = queryable(world, workspace.workspaceId)
    .filter((row) => textOf(row, "type") === "indicator")
    .filter((row) => showsInactive || isActive(row, world.now()))
    .filter((row) => fits(row, query));
  for (const { itemKey, sortOrder } of query.sortBy.toReversed()) {
    if (sortOrder === "unsorted") continue;
    const sign = sortOrder === "ascending" ? 1 : -1;
    found.sort((left, right) => sign * sortKey(left, itemKey).localeCompare(sortKey(right, itemKey), "en"));
  }
  const page = pageOf(found, skipOf(call.query.get("$skipToken") ?? query.skipToken), query.pageSize);
  return json(200, {
    value: page.value.map((row) => indicatorItem(row, workspace)),
    ...nextLinkOf(call, page.nextSkip),
  });
};

const fits = (row: StixRow, query: Query): boolean => {
  const confidence = confidenceOf(row);
  const until = Date.parse(textOf(row, "valid_until") ?? "");
  const words =
    `${textOf(row, "name") ?? ""} ${textOf(row, "description") ?? ""} ${textOf(row, "pattern") ?? ""}`.toLowerCase();
  return [
    query.minConfidence === undefined || confidence >= query.minConfidence,
    query.maxConfidence === undefined || confidence <= query.maxConfidence,
    query.minValidUntil === undefined || until >= Date.parse(query.minValidUntil),
    query.maxValidUntil === undefined || until <= Date.parse(query.maxValidUntil),
    isAmong(query.sources, [row.sourceSystem]),
    isAmong(query.patternTypes, [patternTypeOf(observableOf(row))]),
    isAmong(query.threatTypes, textsOf(row, "indicator_types")),
    isAmong(query.ids, [row.name, row.identity, textOf(row, "id") ?? ""]),
    query.keywords === undefined || query.keywords.some((word) => words.includes(word.toLowerCase())),
  ].every(Boolean);
};

const isAmong = (wanted: readonly string[] | undefined, given: readonly string[]): boolean =>
  wanted === undefined ||
  wanted.some((one) => given.some((value) => value.toLowerCase() === one.toLowerCase()));

const observableOf = (row: StixRow) =>
  row.observableKey === null || row.observableValue === null
    ? null
    : { key: row.observableKey, value: row.observableValue };

const sortKey = (row: StixRow, itemKey: string): string => {
  if (itemKey === "lastUpdatedTimeUtc") return row.timeGenerated;
  if (itemKey === "source") return row.sourceSystem;
  if (itemKey === "confidence") return String(confidenceOf(row)).padStart(3, "0");
  const property =
    { displayName: "name", validFrom: "valid_from", validUntil: "valid_until" }[itemKey] ?? itemKey;
  return textOf(row, property) ?? "";
};
