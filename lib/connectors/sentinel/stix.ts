import { z } from "zod";

/** The STIX 2.1 indicator as it is uploaded; what is undefined is left out of the JSON. */
export type StixIndicator = {
  type: "indicator";
  spec_version: "2.1";
  id: string;
  created: string;
  modified: string;
  created_by_ref: string;
  pattern: string;
  pattern_type: "stix";
  valid_from: string;
  valid_until: string;
  revoked?: true | undefined;
  name?: string | undefined;
  description?: string | undefined;
  indicator_types?: string[] | undefined;
  confidence?: number | undefined;
  labels?: string[] | undefined;
  object_marking_refs?: string[] | undefined;
  external_references?: { source_name: string; url: string; external_id: string }[] | undefined;
};

/** Who made it: what `created_by_ref` names. */
export type StixIdentity = Pick<
  StixIndicator,
  "spec_version" | "id" | "created" | "modified" | "description"
> & {
  type: "identity";
  name: string;
  identity_class: "system";
  external_references: { source_name: string; url: string }[];
};

const messages = z.array(z.string()).nullish().catch(null);

/** One entry of the list of refusals. Microsoft's page names the texts `errorMessages`, its OpenAPI file `validationErrorMessages`. */
const refusalSchema = z
  .object({
    recordIndex: z.coerce.number().int().nonnegative(),
    errorMessages: messages,
    validationErrorMessages: messages,
  })
  .transform(({ recordIndex, errorMessages, validationErrorMessages }) => ({
    recordIndex,
    reason:
      [...(errorMessages ?? []), ...(validationErrorMessages ?? [])].join(" ") || "Sentinel gave no reason.",
  }));

export type Refusal = z.output<typeof refusalSchema>;

export const uploadAnswerSchema = z.looseObject({ errors: z.array(refusalSchema).nullish() });

const text = z.string().nullish().catch(null);

/** Who wrote an object, in the words that say most; Microsoft's example has an object of empty ones, which name nobody. */
const user = z
  .union([z.string(), z.object({ name: text, email: text, objectId: text })])
  .nullish()
  .catch(null)
  .transform((told) => {
    const { name, email, objectId } =
      typeof told === "string" ? { name: told, email: null, objectId: null } : (told ?? {});
    return [name, email, objectId].find((said) => Boolean(said) && said !== NOBODY) ?? null;
  });

const NOBODY = "00000000-0000-0000-0000-000000000000";

/** One item of a management query. Without a name it is no item, and the answer is not to be trusted. */
export const queriedItemSchema = z.object({
  name: z.string().min(1),
  properties: z.object({
    source: text,
    lastUpdatedDateTimeUtc: text,
    lastIngestedTimeUtc: text,
    lastModifiedBy: user,
    data: z
      .object({
        id: text,
        name: text,
        description: text,
        pattern: text,
        valid_until: text,
        created: text,
        labels: z.array(z.string()).nullish().catch(null),
        object_marking_refs: z.array(z.string()).nullish().catch(null),
        modified: text,
        revoked: z.boolean().nullish().catch(null),
        external_references: z
          .array(z.object({ external_id: text }).catch({ external_id: null }))
          .nullish()
          .catch(null),
      })
      .nullish()
      .catch(null),
  }),
});
export type QueriedItem = z.infer<typeof queriedItemSchema>;

export const queryAnswerSchema = z.object({ value: z.array(queriedItemSchema), nextLink: text });
