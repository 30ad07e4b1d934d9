import { z } from "zod";

import { blankAsUndefined } from "@/lib/actions/fields";
import { bulkChangeSchema, type BulkChange, type BulkSelection } from "@/lib/domain/indicator/bulk-change";
import { TLPS } from "@/lib/domain/indicator/types";

import { listParamsSchema, toFilter } from "../indicators/list-params";

const common = {
  team: z.string(),
  /** Ids with commas between them; blank: all that `query` finds. */
  ids: blankAsUndefined(
    z
      .string()
      .transform((text) => text.split(","))
      .pipe(z.array(z.uuid()).max(500))
      .optional(),
  ),
  /** The list's address, as it narrows. */
  query: z.string().max(8_000).default(""),
  /** How many the person saw. */
  expected: blankAsUndefined(z.coerce.number().int().min(0).nullable().default(null)),
};
const adopting = {
  feedsOnly: z.preprocess((value) => (value === undefined ? "leave" : "adopt"), z.enum(["leave", "adopt"])),
};
const tagList = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
  )
  .pipe(z.array(z.string().max(100, "At most 100 characters each.")).max(50, "At most 50 tags."));

/** What the list sends of a change of many: the chosen, what to do, and how many were seen. */
export const bulkFormSchema = z.discriminatedUnion("action", [
  z.object({
    ...common,
    action: z.literal("withdraw"),
    reason: z.string().trim().min(1, "Say why: it is kept in the audit.").max(1_000),
  }),
  z.object({
    ...common,
    ...adopting,
    action: z.literal("validity"),
    until: blankAsUndefined(z.iso.date().optional()),
  }),
  z
    .object({ ...common, ...adopting, action: z.literal("tags"), add: tagList, remove: tagList })
    .refine(({ add, remove }) => add.length + remove.length > 0, {
      message: "Name a tag to add or to take away.",
      path: ["add"],
    }),
  z.object({
    ...common,
    ...adopting,
    action: z.literal("confidence"),
    confidence: z.coerce.number("Give a number.").int().min(0).max(100),
  }),
  z.object({ ...common, ...adopting, action: z.literal("tlp"), tlp: z.enum(TLPS) }),
]);
type BulkForm = z.output<typeof bulkFormSchema>;

/** Which indicators a form means. */
export const toSelection = ({ ids, query }: BulkForm): BulkSelection =>
  ids === undefined ? { filter: toFilter(listParamsSchema.parse(readQuery(query))) } : { ids };

const readQuery = (query: string): Record<string, string> => Object.fromEntries(new URLSearchParams(query));

/** What a form asks for. */
export const toChange = (form: BulkForm): BulkChange => bulkChangeSchema.parse(changeOf(form));

const changeOf = (form: BulkForm): z.input<typeof bulkChangeSchema> => {
  switch (form.action) {
    case "withdraw":
      return { action: form.action, reason: form.reason };
    case "validity": {
      const validUntil = form.until === undefined ? null : `${form.until}T23:59:59.000Z`;
      return { action: form.action, validUntil, feedsOnly: form.feedsOnly };
    }
    case "tags":
      return { action: form.action, add: form.add, remove: form.remove, feedsOnly: form.feedsOnly };
    case "confidence":
      return { action: form.action, confidence: form.confidence, feedsOnly: form.feedsOnly };
    case "tlp":
      return { action: form.action, tlp: form.tlp, feedsOnly: form.feedsOnly };
  }
};
