import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { csvSettingsSchema } from "@/lib/domain/feed/csv-settings";

import { getFormat } from "./registry";

// Published lists, kept beside the project where they may be had; their counts were made by hand, by no product.
const LISTS = join(import.meta.dirname, "../../../shared/feeds");

const column = z.object({ index: z.number() });
const countsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      settings: z.object({
        format: z.enum(["csv", "text"]),
        delimiter: z.string().optional(),
        header: z.union([z.boolean(), z.literal("in_comment")]).optional(),
        comment_prefixes: z.array(z.string()).default([]),
        value_columns: z.array(column).optional(),
        type_column: column.nullish(),
      }),
      expected_distinct_by_class: z.record(z.string(), z.number()),
    }),
  ),
});
type Settings = z.infer<typeof countsSchema>["files"][string]["settings"];

/** Classes of the counts that are no indicators for us; what is in them must be refused. */
const REFUSED = new Set(["other", "domain_unknown_tld"]);

/** Where we differ from the hand-made counts on purpose, and why. `refused`: texts refused beside the classes above. */
const DIFFERENCES: Readonly<Record<string, { reason: string; urls: number; refused: number }>> = {
  "lists/sophos-2404-impersonation-campaign.csv": {
    reason: "The row of type “Description” holds a link to the vendor's own blog, which is no indicator.",
    urls: -1,
    refused: 1,
  },
  "lists/tweetfeed-20260609.csv": {
    reason: "Counted byte for byte, two URLs differ only in the case of their host; to us they are one.",
    urls: -1,
    refused: 0,
  },
};
const AGREED = { urls: 0, refused: 0 };

const csvOf = ({ delimiter, header, comment_prefixes, value_columns, type_column }: Settings) =>
  csvSettingsSchema.parse({
    commentPrefixes: comment_prefixes,
    ...(delimiter !== undefined && { delimiter: delimiter === "TAB" ? "\t" : delimiter }),
    header: header === true,
    ...(value_columns && { valueColumns: value_columns.map(({ index }) => index + 1) }),
    ...(type_column && { columns: { type: type_column.index + 1 } }),
  });

const distinct = async (path: string, kind: string, csv: ReturnType<typeof csvOf>) => {
  const values: Record<string, Set<string>> = {};
  const refused = new Set<string>();
  for await (const rows of getFormat(kind).parse(createReadStream(path), {
    ...feedSettingsSchema.parse({ csv }),
    now: new Date(),
  }))
    for (const candidate of rows.flatMap(({ candidates }) => candidates))
      if (candidate.ok) (values[candidate.type.replace("-", "_")] ??= new Set()).add(candidate.value);
      else refused.add(candidate.text);
  const counts = Object.fromEntries(Object.entries(values).map(([type, { size }]) => [type, size]));
  return { refused: refused.size, counts };
};

describe.runIf(existsSync(join(LISTS, "counts.json")))("real lists", () => {
  const files = existsSync(LISTS)
    ? countsSchema.parse(JSON.parse(readFileSync(join(LISTS, "counts.json"), "utf8"))).files
    : {};

  it.each(Object.entries(files))(
    "reads %s as counted by hand",
    async (file, { settings, expected_distinct_by_class }) => {
      const kind = settings.format === "csv" ? "csv" : "freetext";
      const { counts, refused } = await distinct(join(LISTS, file), kind, csvOf(settings));
      const difference = DIFFERENCES[file] ?? AGREED;
      const classes = Object.entries(expected_distinct_by_class);
      const values = Object.fromEntries(classes.filter(([name]) => !REFUSED.has(name)));
      const others = classes.filter(([name]) => REFUSED.has(name)).reduce((sum, [, count]) => sum + count, 0);

      expect(counts).toEqual({
        ...values,
        ...("url" in values && { url: (values["url"] ?? 0) + difference.urls }),
      });
      // Whatever is no indicator is there, with its reason.
      expect(refused).toBe(others + difference.refused);
    },
  );

  it.each([
    ["01_2020-05-14_11863772.csv", 283],
    ["02_2020-05-15_e222d78a.csv", 96],
    ["03_2020-05-15_9835a5e2.csv", 295],
    ["19_2020-06-11_22bf657d.csv", 582],
    ["26_2020-07-02_02bbada9.csv", 950],
    ["54_2020-11-02_21b958c0.csv", 36],
  ])("reads Microsoft's COVID-19 list %s as %i hashes", async (file, count) => {
    const csv = csvSettingsSchema.parse({ valueColumns: [2], columns: { type: 3, tlp: 4 } });

    expect(await distinct(join(LISTS, "microsoft-covid19", file), "csv", csv)).toEqual({
      refused: 0,
      counts: { sha256: count },
    });
  });
});
