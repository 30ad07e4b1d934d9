import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { FEED_KINDS } from "@/lib/domain/feed/kinds";
import { DEFINITION_READERS, exportFeeds } from "@/lib/services/feeds/export-feeds";
import { importFeeds } from "@/lib/services/feeds/import-feeds";
import { listCatalogue } from "@/lib/services/feeds/list-catalogue";

const catalogueEntrySchema = z.object({
  id: z.string(),
  list: z.enum(["MISP", "MineMeld"]),
  name: z.string(),
  provider: z.string(),
  kind: z.enum(FEED_KINDS),
  url: z.string(),
  licence: z.string(),
  feed: z.record(z.string(), z.unknown()).describe("The body of a new feed, but for its team."),
});

export const listCatalogueRoute = defineRoute({
  method: "GET",
  path: "/feeds/catalogue",
  summary: "List well-known feeds, each with the body that adds it",
  tags: ["Feeds"],
  permission: "feed.read",
  query: z.strictObject({ q: z.string().max(100).default("") }),
  answer: { status: 200, schema: z.object({ data: z.array(catalogueEntrySchema) }) },
  run: ({ query }) => Promise.resolve({ data: listCatalogue(query.q) }),
});

export const importFeedsRoute = defineRoute({
  method: "POST",
  path: "/feeds/import",
  summary: "Add feeds by definitions in MISP's form",
  tags: ["Feeds"],
  permission: "feed.write",
  body: z.strictObject({
    team: z.string(),
    definitions: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]),
    keepsEnabled: z.boolean().default(false),
  }),
  answer: {
    status: 200,
    schema: z.object({
      data: z.array(
        z.object({
          name: z.string(),
          outcome: z.enum(["added", "skipped", "rejected"]),
          reason: z.string().nullable(),
          notes: z
            .array(z.string())
            .describe(
              "Of a feed that was added: what of its definition has no home here, and whether other teams may subscribe.",
            ),
          id: z.uuid().nullable(),
        }),
      ),
    }),
  },
  run: async ({ actor, body, inTeam }) => {
    const { id } = inTeam(body.team);
    const options = { json: JSON.stringify(body.definitions), keepsEnabled: body.keepsEnabled };
    const data = await importFeeds(actor, { id, slug: body.team }, options);
    return { data: data.map((one) => ({ ...one, notes: [...one.notes] })) };
  },
});

export const exportFeedsRoute = defineRoute({
  method: "GET",
  path: "/feeds/export",
  summary: "A team's feeds as definitions in MISP's form, without secrets",
  tags: ["Feeds"],
  permission: "feed.read",
  query: z.strictObject({
    team: z.string(),
    for: z
      .enum(DEFINITION_READERS)
      .default("misp")
      .describe("Who reads them: `sluice` also gives kinds that MISP has not, such as JSON and TAXII."),
  }),
  answer: {
    status: 200,
    schema: z.object({
      definitions: z.array(z.record(z.string(), z.unknown())),
      withoutSecrets: z
        .array(z.object({ name: z.string(), secrets: z.array(z.string()) }))
        .describe("Feeds whose secrets stay behind and must be given anew."),
      leftOut: z.array(z.object({ name: z.string(), kind: z.enum(FEED_KINDS), reason: z.string() })),
    }),
  },
  run: ({ actor, query, inTeam }) => exportFeeds(actor, inTeam(query.team).id, query.for),
});
