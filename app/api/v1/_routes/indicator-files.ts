import { z } from "zod";

import { defineRoute, Waiting } from "@/lib/api/define-route";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { LOCAL_FILE_FORMATS, MAX_IMPORT_BYTES } from "@/lib/domain/indicator/import-file";
import { MAX_LOCAL_ITEMS } from "@/lib/domain/indicator/local";
import { INDICATOR_TYPES, TLPS } from "@/lib/domain/indicator/types";
import { MAX_REPORT_BYTES } from "@/lib/domain/report/limits";
import { checkReport } from "@/lib/services/indicators/check-report";
import { checkLocalFile, importLocalFile } from "@/lib/services/indicators/import-local-file";
import { readSent } from "@/lib/services/indicators/stored-bytes";
import { getProposal } from "@/lib/services/proposals/list-proposals";

import { proposalSchema, toProposalAnswer } from "./proposals";

const typeSchema = z.enum(INDICATOR_TYPES);

export const readReportRoute = defineRoute({
  method: "POST",
  path: "/indicators/reports",
  summary: "Read the indicators out of a report or a raw e-mail, storing nothing",
  description:
    "Every value is answered with the line it stood in, what lists say of it and whether the team has it. What is likely benign (the report's own site, whoever got the e-mail, what an allowlist holds) has `isProposed: false` and a `reason`; nothing is left out. Add what you choose with `POST /indicators`.",
  tags: ["Indicators"],
  permission: "indicator.write",
  query: z.strictObject({ team: z.string() }),
  file: {
    description: "The text of a report, or an e-mail as it travels (.eml). A PDF's text, not the PDF.",
    maxBytes: MAX_REPORT_BYTES,
  },
  answer: {
    status: 200,
    schema: z.object({
      isMail: z.boolean(),
      candidates: z.array(
        z.object({
          type: typeSchema,
          value: z.string(),
          port: z.number().optional(),
          mention: z.object({
            part: z.string().nullable().meta({ description: "The piece of an e-mail, such as `Header`." }),
            line: z.number(),
            original: z.string(),
            context: z.string(),
          }),
          mentions: z.number(),
          isDefanged: z.boolean(),
          caution: z.string().nullable(),
          known: z.string().nullable(),
          isProposed: z.boolean(),
          reason: z.string().nullable(),
        }),
      ),
      rejected: z
        .array(
          z.object({
            part: z.string().nullable(),
            line: z.number(),
            original: z.string(),
            reason: z.string(),
          }),
        )
        .meta({ description: "The first thousand." }),
      rejectedCount: z.number().meta({ description: "How many there are in all." }),
      notes: z.array(z.string()),
    }),
  },
  run: async ({ query, file, inTeam }) => {
    const { id } = inTeam(query.team);
    return checkReport(id, await readSent(file, MAX_REPORT_BYTES));
  },
});

const tagsSchema = z
  .string()
  .max(2_000)
  .transform((text) =>
    text
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
  );

const importQuerySchema = z.strictObject({
  team: z.string(),
  dryRun: z.enum(["true", "false"]).default("false"),
  comment: z.string().trim().max(1_000).optional(),
  confidence: z
    .string()
    .regex(/^\d{1,3}$/, "Give a whole number from 0 to 100.")
    .transform(Number)
    .pipe(z.number().max(100))
    .optional(),
  tlp: z.enum(TLPS).optional(),
  tags: tagsSchema.optional(),
  validUntil: z.union([z.literal("none"), z.iso.datetime({ offset: true })]).optional(),
  action: z.enum(ACTIONS).optional(),
  severity: z.enum(SEVERITIES).optional(),
});

const importedSchema = z.object({
  format: z.enum(LOCAL_FILE_FORMATS),
  unit: z
    .enum(["line", "item", "object"])
    .meta({ description: "What `line` counts: lines of a table, items of JSON, objects of a bundle." }),
  notes: z.array(z.string()),
  data: z.array(
    z.object({
      line: z.number(),
      original: z.string(),
      type: typeSchema.nullable(),
      value: z.string().nullable(),
      outcome: z.enum([
        ...(["added", "changed", "unchanged", "new", "known", "withdrawn"] as const),
        ...(["duplicate", "allowlisted", "rejected", "proposed"] as const),
      ]),
      reason: z.string().nullable(),
    }),
  ),
});

export const importIndicatorsRoute = defineRoute({
  method: "POST",
  path: "/indicators/import",
  summary: "Import a file of indicators into a team's own list; each row is judged by itself",
  description: `A CSV table, JSON with a list of objects, a STIX 2.1 bundle, or one value a line, told apart by what is in it; at most ${MAX_LOCAL_ITEMS.toLocaleString("en-US")} rows. With \`dryRun=true\` nothing is stored and \`outcome\` says what would become of each row. The other parameters hold for rows that do not say it themselves; tags are added to those of the row. Without \`validUntil\` the team's default validity holds; \`none\` is without end. What Sluice exports comes back as it was; rows that were withdrawn, expired or recalled then stay out.`,
  tags: ["Indicators"],
  permission: "indicator.write",
  query: importQuerySchema,
  file: { description: "The file as it is, also as .gz or .zip.", maxBytes: MAX_IMPORT_BYTES },
  answer: { status: 200, schema: importedSchema },
  waits: importedSchema.extend({ proposal: proposalSchema }),
  run: async ({ actor, query, file, inTeam }) => {
    const { team: slug, dryRun, validUntil, ...given } = query;
    const team = inTeam(slug);
    const shared = {
      ...present(given),
      ...(validUntil !== undefined && { validUntil: validUntil === "none" ? null : validUntil }),
    };
    const bytes = await readSent(file, MAX_IMPORT_BYTES);
    if (dryRun === "true") {
      const { checked, notes, ...about } = await checkLocalFile(team.id, bytes, shared);
      const data = checked.map(({ verdict, note, ...row }) => ({ ...row, outcome: verdict, reason: note }));
      return { ...about, notes: [...notes], data };
    }
    const { results, notes, ...about } = await importLocalFile(actor, team, { bytes, shared });
    const answer = { ...about, notes: [...notes], data: results };
    const id = results.find(({ proposalId }) => proposalId !== null)?.proposalId ?? null;
    if (id === null) return answer;
    return new Waiting({ ...answer, proposal: toProposalAnswer(actor, await getProposal(actor, id)) });
  },
});

/** What the request says; a parameter that was left out is no wish. */
const present = <Given extends object>(
  given: Given,
): { [Name in keyof Given]?: Exclude<Given[Name], undefined> } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Given]?: Exclude<Given[Name], undefined>;
  };
