import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { runInThisContext } from "node:vm";

import { z } from "zod";

// Microsoft's own parser is a program for browsers: two scripts that put it into the global object.
const require = createRequire(import.meta.url);
for (const script of [
  require.resolve("@kusto/language-service-next/bridge.min.js"),
  require.resolve("@kusto/language-service-next/Kusto.Language.Bridge.min.js"),
])
  runInThisContext(readFileSync(script, "utf8"));

type Diagnostics = { Count: number; getItem: (index: number) => unknown };
const kustoSchema = z.object({
  Language: z.object({
    KustoCode: z.custom<{ Parse: (query: string) => { GetDiagnostics: () => Diagnostics } }>(),
  }),
});
const { KustoCode } = kustoSchema.parse(Reflect.get(globalThis, "Kusto")).Language;

const diagnosticSchema = z.object({ Message: z.string() });

/** What is no KQL about a query, in the parser's words. */
export const findKqlFlaws = (query: string): string[] => {
  const found = KustoCode.Parse(query).GetDiagnostics();
  return Array.from(
    { length: found.Count },
    (_, index) => diagnosticSchema.parse(found.getItem(index)).Message,
  );
};
