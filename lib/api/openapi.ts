import { z } from "zod";

import { honoursKey, type RouteDefinition } from "./define-route";
import { PROBLEMS, problemType } from "./problem";

type JsonSchema = Record<string, unknown>;

/** The OpenAPI 3.1 document of the given routes, made from the very schemas that check their requests. */
export const buildOpenApi = (definitions: readonly RouteDefinition[]): JsonSchema => {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const definition of definitions)
    (paths[definition.path] ??= {})[definition.method.toLowerCase()] = describeOperation(definition);
  return {
    openapi: "3.1.0",
    info: {
      title: "Sluice",
      version: "1",
      description:
        "Threat feeds flow in, a gate decides, indicators flow on to Microsoft Defender and Sentinel. Errors are RFC 9457 problem documents; lists are paged by `cursor`.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An API token, made under Your account." },
      },
      schemas: { Problem: PROBLEM },
    },
  };
};

const describeOperation = (definition: RouteDefinition): JsonSchema => {
  const { summary, description, tags, permission, body, file, answer, waits } = definition;
  return {
    operationId: operationId(definition),
    summary,
    description: [description, `Needs the permission \`${permission}\`.`].filter(Boolean).join(" "),
    tags,
    parameters: describeParameters(definition),
    ...(body && { requestBody: { required: true, content: json(toSchema(body, "input")) } }),
    // In OpenAPI 3.1 a media type without a schema is bytes as they are.
    ...(file && {
      requestBody: { required: true, description: file.description, content: { "*/*": {} } },
    }),
    responses: {
      [answer.status]:
        answer.status === 204
          ? { description: "Done" }
          : "files" in answer
            ? { description: "A file", content: Object.fromEntries(answer.files.map((type) => [type, {}])) }
            : { description: "Done", content: json(toSchema(answer.schema, "output")) },
      ...(waits && {
        202: {
          description: "It waits for a second person; nothing is done yet",
          content: json(toSchema(waits, "output")),
        },
      }),
      default: {
        description: "A problem",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
};

const describeParameters = (definition: RouteDefinition): JsonSchema[] => {
  const { params, query } = definition;
  const inPath = params
    ? eachProperty(params).map((field) => ({ in: "path", ...field, required: true }))
    : [];
  const inQuery = query ? eachProperty(query).map((field) => ({ in: "query", ...field })) : [];
  return [...inPath, ...inQuery, ...(honoursKey(definition) ? [IDEMPOTENCY_KEY] : [])];
};

const eachProperty = (schema: z.ZodType) => {
  const { properties, required } = objectSchema.parse(z.toJSONSchema(schema, { io: "input" }));
  return Object.entries(properties).map(([name, field]) => ({
    name,
    required: required.includes(name),
    schema: field,
  }));
};

const objectSchema = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
});

/**
 * A schema as the document holds it. Request schemas must be sayable in full; of an answer's field that a transform makes
 * only its place is known, and then it may be anything.
 */
const toSchema = (schema: z.ZodType, io: "input" | "output"): JsonSchema => {
  const made: JsonSchema = {
    ...z.toJSONSchema(schema, { io, unrepresentable: io === "output" ? "any" : "throw" }),
  };
  delete made["$schema"]; // the document says its dialect once
  return "$defs" in made ? withoutDefinitions(made) : made;
};

// Only what is any JSON refers to itself, by a place in its own schema that is elsewhere in the document: it may be anything.
const withoutDefinitions = ({ $defs, ...schema }: JsonSchema): JsonSchema =>
  documentSchema.parse(
    JSON.parse(JSON.stringify(schema), (_key, value: unknown) =>
      typeof value === "object" && value !== null && "$ref" in value ? {} : value,
    ),
  );
const documentSchema = z.record(z.string(), z.unknown());

const json = (schema: JsonSchema) => ({ "application/json": { schema } });

/** `listTeams`, `getTeamsBySlug`: one word per call, stable as long as method and path are. */
const operationId = ({ method, path }: RouteDefinition): string => {
  const words = path
    .split("/")
    .filter(Boolean)
    .map((part) => (part.startsWith("{") ? `by-${part.slice(1, -1)}` : part));
  return [method.toLowerCase(), ...words]
    .join("-")
    .replace(/-+([a-z])/gi, (_, letter: string) => letter.toUpperCase());
};

const IDEMPOTENCY_KEY = {
  in: "header",
  name: "Idempotency-Key",
  required: false,
  description:
    "Sent again with the same key within 24 hours, the first answer comes back and nothing is done twice.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

const PROBLEM = {
  type: "object",
  description: "RFC 9457. `type` is stable; `detail` says what to do.",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: {
      type: "string",
      enum: Object.keys(PROBLEMS).map((name) => problemType(name as keyof typeof PROBLEMS)),
    },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["in", "pointer", "detail"],
        properties: {
          in: { type: "string", enum: ["body", "query", "path"] },
          pointer: { type: "string", description: "JSON pointer to the field" },
          detail: { type: "string" },
        },
      },
    },
  },
};
