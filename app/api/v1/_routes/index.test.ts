import { readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { buildOpenApi } from "@/lib/api/openapi";

import { ROUTES } from ".";

const BASE = join(import.meta.dirname, "..");
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/** Files that are no call of the API: the document itself, and the answer to every other address. */
const NO_ROUTE = ["openapi.json", "[...path]"];

const definitions = ROUTES.map(({ definition }) => definition);
const nameOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

/** What Next serves, read from the files: method, path and handler. */
const listServed = async (): Promise<Map<string, unknown>> => {
  const served = new Map<string, unknown>();
  const files = readdirSync(BASE, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith("route.ts"),
  );
  for (const file of files) {
    const folder = relative(BASE, dirname(join(BASE, file)));
    if (NO_ROUTE.includes(folder)) continue;
    const path = `/${folder.replaceAll(/\[(\w+)\]/g, "{$1}")}`;
    const exported: unknown = await import(join(BASE, file));
    for (const [method, handler] of Object.entries(z.record(z.string(), z.unknown()).parse(exported)))
      if (METHODS.includes(method)) served.set(`${method} ${path}`, handler);
  }
  return served;
};

describe("the routes of the API", () => {
  it("are those that Next serves, each by its own handler", async () => {
    const served = await listServed();
    expect([...served.keys()].sort()).toEqual(definitions.map(nameOf).sort());
    for (const { definition, handle } of ROUTES) expect(served.get(nameOf(definition))).toBe(handle);
  });

  it("name their path parameters as their schema does", () => {
    for (const { path, params } of definitions) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      const inSchema = params ? Object.keys(toObject(params).properties).sort() : [];
      expect({ [path]: inSchema }).toEqual({ [path]: inPath });
    }
  });

  it("refuse unknown names, in the query, in the body and in every object inside it", () => {
    for (const definition of definitions) {
      for (const schema of [definition.query, definition.body, definition.params]) {
        if (!schema) continue;
        expect({ [nameOf(definition)]: findOpenObjects(z.toJSONSchema(schema, { io: "input" })) }).toEqual({
          [nameOf(definition)]: [],
        });
      }
    }
  });

  it("change nothing with a permission to read", () => {
    const changing = definitions.filter(({ method, path }) => method !== "GET" && !SAFE_POSTS.includes(path));
    expect(changing.filter(({ permission }) => permission.endsWith(".read")).map(nameOf)).toEqual([]);
  });

  it("never keep an answer that holds what is shown once", () => {
    const secretive = definitions.filter(({ answer }) => {
      if (answer.status === 204 || "files" in answer) return false;
      const names = Object.keys(toObject(answer.schema, "output").properties);
      return names.some((name) => SHOWN_ONCE.has(name));
    });
    const marked = definitions.filter((route) => route.secretAnswer).map(nameOf);
    expect(marked).toEqual(expect.arrayContaining(secretive.map(nameOf)));
    expect(marked.sort()).toEqual([
      "POST /teams/{slug}/invitations",
      "POST /tokens",
      "POST /users/{id}/password-reset",
    ]);
  });
});

/** POST that changes nothing but has too much to say for an address. */
const SAFE_POSTS = ["/indicators/parse"];
const SHOWN_ONCE = new Set(["token", "oneTimePassword"]);

describe("the OpenAPI document", () => {
  const document = z
    .object({
      openapi: z.literal("3.1.0"),
      paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
    })
    .parse(buildOpenApi(definitions));
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));

  it("describes every route under a name of its own", () => {
    expect(operations).toHaveLength(definitions.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(definitions.length);
  });

  it("refers only to what it holds", () => {
    const all = JSON.stringify(buildOpenApi(definitions));
    const references = [...all.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
    expect([...new Set(references)]).toEqual(["#/components/schemas/Problem"]);
  });
});

const jsonObject = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
});

const toObject = (schema: z.ZodType, io: "input" | "output" = "input") =>
  jsonObject.parse(z.toJSONSchema(schema, { io, unrepresentable: "any" }));

/** Where in a JSON schema an object would let unknown names pass. */
const findOpenObjects = (schema: unknown, path = ""): string[] => {
  if (typeof schema !== "object" || schema === null) return [];
  const entries = Object.entries(schema);
  const { type, additionalProperties } = z.looseObject({}).parse(Array.isArray(schema) ? {} : schema);
  const isOpen = type === "object" && additionalProperties === undefined;
  return [
    ...(isOpen ? [path || "/"] : []),
    ...entries.flatMap(([key, inner]) => findOpenObjects(inner, `${path}/${key}`)),
  ];
};
