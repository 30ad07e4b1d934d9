import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { parsePart, readBytes, readJson } from "@/lib/api/read-request";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { EFFECTS, MATCHES } from "@/lib/domain/screening/allowlist";
import {
  allowlistCreateSchema,
  allowlistPatchSchema,
  BUNDLED_EFFECTS,
  bundledChoiceSchema,
  entriesCreateSchema,
  entryCreateSchema,
  entryValueSchema,
} from "@/lib/domain/screening/allowlist-input";
import type { AllowlistView } from "@/lib/services/allowlists/allowlist-view";
import { addEntries } from "@/lib/services/allowlists/add-entries";
import { checkEntries } from "@/lib/services/allowlists/check-entries";
import { chooseBundled } from "@/lib/services/allowlists/choose-bundled";
import { createAllowlist } from "@/lib/services/allowlists/create-allowlist";
import { listEntries, removeEntry } from "@/lib/services/allowlists/entries";
import { listAllowlists, listOwnAllowlists } from "@/lib/services/allowlists/list-allowlists";
import { deleteAllowlist, updateAllowlist } from "@/lib/services/allowlists/update-allowlist";

import { openAllowlist } from "./open-allowlist";

const allowlistSchema = z.object({
  id: z.uuid(),
  team: z.string().nullable().meta({ description: "Null: the installation's, which holds for every team." }),
  name: z.string(),
  match: z.enum(MATCHES),
  effect: z.enum(EFFECTS),
  entries: z.number(),
  createdAt: timeSchema,
  createdBy: z.string(),
});

const toAnswer = (actor: Actor, { teamId, ...list }: AllowlistView, entries: number) => ({
  ...list,
  team: actor.teams.find(({ id }) => id === teamId)?.slug ?? null,
  entries,
});

export const listAllowlistsRoute = defineRoute({
  method: "GET",
  path: "/allowlists",
  summary: "List allowlists: your teams' own and the installation's",
  description:
    "What comes with the product is listed by `/allowlists/bundled`; what is built in cannot be changed.",
  tags: ["Allowlists"],
  permission: "allowlist.read",
  query: z.strictObject({ team: z.string().optional() }),
  answer: { status: 200, schema: pageOf(allowlistSchema) },
  run: async ({ actor, query, inTeam }) => {
    const teamIds = query.team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(query.team).id];
    const lists = await listOwnAllowlists(actor, teamIds);
    return { data: lists.map(({ entries, ...list }) => toAnswer(actor, list, entries)), nextCursor: null };
  },
});

export const createAllowlistRoute = defineRoute({
  method: "POST",
  path: "/allowlists",
  summary: "Make an allowlist of a team, or, without one, of the installation",
  description: "A list of the installation holds for every team and is an administrator's alone to make.",
  tags: ["Allowlists"],
  permission: "allowlist.write",
  body: allowlistCreateSchema,
  answer: { status: 201, schema: allowlistSchema },
  run: async ({ actor, body: { team, ...input }, inTeam }) => {
    const teamId = team === undefined ? null : inTeam(team).id;
    return toAnswer(actor, await createAllowlist(actor, teamId, input), 0);
  },
});

export const updateAllowlistRoute = defineRoute({
  method: "PATCH",
  path: "/allowlists/{id}",
  summary: "Change an allowlist's name or effect",
  tags: ["Allowlists"],
  permission: "allowlist.write",
  params: idParamsSchema,
  body: allowlistPatchSchema,
  answer: { status: 200, schema: allowlistSchema.omit({ entries: true }) },
  run: async ({ actor, params, body }) =>
    toAnswer(
      actor,
      await updateAllowlist(actor, await openAllowlist(actor, params.id, "allowlist.write"), body),
      0,
    ),
});

export const deleteAllowlistRoute = defineRoute({
  method: "DELETE",
  path: "/allowlists/{id}",
  summary: "Take an allowlist out; what only it kept in is restored",
  tags: ["Allowlists"],
  permission: "allowlist.write",
  params: idParamsSchema,
  answer: { status: 204 },
  run: async ({ actor, params }) =>
    deleteAllowlist(actor, await openAllowlist(actor, params.id, "allowlist.write")),
});

const entrySchema = z.object({
  id: z.uuid(),
  value: z.string(),
  comment: z.string(),
  createdAt: timeSchema,
  createdBy: z.string(),
  until: timeSchema.nullable(),
  isInForce: z.boolean().meta({ description: "False once its end has come." }),
});

export const listEntriesRoute = defineRoute({
  method: "GET",
  path: "/allowlists/{id}/entries",
  summary: "List the entries of an allowlist",
  tags: ["Allowlists"],
  permission: "allowlist.read",
  params: idParamsSchema,
  query: listQuerySchema.extend({ q: z.string().max(1_000).optional() }),
  answer: { status: 200, schema: pageOf(entrySchema) },
  run: async ({ actor, params, query: { limit, cursor, q } }) => {
    const list = await openAllowlist(actor, params.id, "allowlist.read");
    const after = decodeCursor(cursor, z.tuple([z.string()]))?.[0] ?? null;
    const { entries, next } = await listEntries(actor, list, { limit, after, q });
    return { data: entries, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const addEntryRoute = defineRoute({
  method: "POST",
  path: "/allowlists/{id}/entries",
  summary: "Add an entry to an allowlist; what it meets is screened at once",
  description:
    "`outcome` is `known` for an entry that stands there already with this end, `changed` for one that stood there with another.",
  tags: ["Allowlists"],
  permission: "allowlist.write",
  params: idParamsSchema,
  body: entryCreateSchema,
  answer: {
    status: 201,
    schema: z.object({
      id: z.uuid().nullable(),
      value: z.string(),
      outcome: z.enum(["added", "changed", "known"]),
      reason: z.string().nullable(),
    }),
  },
  run: async ({ actor, params, body }) => {
    const list = await openAllowlist(actor, params.id, "allowlist.write");
    const [added] = await addEntries(actor, list, [body]);
    if (!added) throw new Error("An entry was sent and none was answered.");
    const { outcome, reason } = added;
    if (outcome !== "rejected") return { ...added, outcome };
    const detail = reason ?? "This cannot be an entry.";
    throw new AppError("invalid_input", detail, { fields: [{ pointer: "/value", detail }] });
  },
});

const fateSchema = z.object({
  value: z.string(),
  outcome: z.enum(["added", "changed", "known", "rejected"]),
  reason: z.string().nullable(),
});

export const addManyEntriesRoute = defineRoute({
  method: "POST",
  path: "/allowlists/{id}/entries/bulk",
  summary: "Add many entries to an allowlist at once, with one reason and end",
  description:
    "Each is judged by itself: one that cannot be taken does not stop the others. `/allowlists/{id}/check` says before what would become of them.",
  tags: ["Allowlists"],
  permission: "allowlist.write",
  params: idParamsSchema,
  body: entriesCreateSchema,
  answer: {
    status: 201,
    schema: z.object({ results: z.array(fateSchema.extend({ id: z.uuid().nullable() })) }),
  },
  run: async ({ actor, params, body: { values, comment, until } }) => {
    const list = await openAllowlist(actor, params.id, "allowlist.write");
    const entries = values.map((value) => ({ value, comment, until }));
    return { results: await addEntries(actor, list, entries) };
  },
});

const removalSchema = z.strictObject({ value: entryValueSchema.optional() });

export const removeEntryRoute = defineRoute({
  method: "DELETE",
  path: "/allowlists/{id}/entries",
  summary: "Take an entry out of an allowlist; what only it kept in is restored",
  description: "`value` names it, in the address or as JSON.",
  tags: ["Allowlists"],
  permission: "allowlist.write",
  params: idParamsSchema,
  query: removalSchema,
  answer: { status: 204 },
  run: async ({ actor, params, query, request }) => {
    const list = await openAllowlist(actor, params.id, "allowlist.write");
    await removeEntry(actor, list, query.value ?? (await readValue(request)));
  },
});

// Some clients send no body with DELETE, some send nothing else.
const readValue = async (request: Request): Promise<string> => {
  const bytes = await readBytes(request);
  const body: unknown = bytes.length === 0 ? {} : readJson(request, bytes);
  return (await parsePart("body", z.strictObject({ value: entryValueSchema }), body)).value;
};

export const checkEntriesRoute = defineRoute({
  method: "POST",
  path: "/allowlists/{id}/check",
  summary: "Say what entries would withdraw before they are added",
  description: "Nothing is saved.",
  tags: ["Allowlists"],
  permission: "allowlist.write",
  idempotent: false,
  params: idParamsSchema,
  body: z.strictObject({ values: entriesCreateSchema.shape.values }),
  answer: {
    status: 200,
    schema: z.object({
      matched: z.number(),
      teams: z.number(),
      isPartial: z.boolean().meta({
        description: "There was no time to look at everything: it meets at least so much.",
      }),
      byType: z.array(z.object({ type: z.enum(INDICATOR_TYPES), count: z.number() })),
      samples: z.array(
        z.object({ id: z.uuid(), type: z.enum(INDICATOR_TYPES), value: z.string(), reason: z.string() }),
      ),
      destinations: z.array(z.object({ connectorId: z.uuid(), connector: z.string(), count: z.number() })),
      entries: z.array(fateSchema).meta({ description: "What would become of each entry, in order." }),
      rejected: z.array(z.object({ value: z.string(), reason: z.string() })),
    }),
  },
  run: async ({ actor, params, body }) =>
    checkEntries(actor, await openAllowlist(actor, params.id, "allowlist.write"), body.values),
});

export const listBundledRoute = defineRoute({
  method: "GET",
  path: "/allowlists/bundled",
  summary: "List what comes with the product, with what a team made of it",
  tags: ["Allowlists"],
  permission: "allowlist.read",
  query: z.strictObject({ team: z.string() }),
  answer: {
    status: 200,
    schema: pageOf(
      z.object({
        id: z.string(),
        name: z.string(),
        source: z.string(),
        licence: z.string(),
        version: z.number(),
        match: z.enum(MATCHES),
        count: z.number().meta({ description: "Of entries." }),
        defaultEffect: z.enum(EFFECTS),
        effect: z.enum(BUNDLED_EFFECTS),
        choice: z.object({ reason: z.string(), at: timeSchema, by: z.string() }).nullable(),
        hits: z.number().nullable(),
      }),
    ),
  },
  run: async ({ actor, query, inTeam }) => {
    const { bundled } = await listAllowlists(actor, inTeam(query.team).id);
    return { data: bundled, nextCursor: null };
  },
});

export const chooseBundledRoute = defineRoute({
  method: "PUT",
  path: "/allowlists/bundled/{list}",
  summary: "Set what a list that comes with the product does in a team",
  tags: ["Allowlists"],
  permission: "allowlist.write",
  params: z.strictObject({ list: z.string().max(100) }),
  body: bundledChoiceSchema,
  answer: { status: 204 },
  run: async ({ actor, params, body: { team, ...choice }, inTeam }) =>
    chooseBundled(actor, inTeam(team).id, { list: params.list, ...choice }),
});
