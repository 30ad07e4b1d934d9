import { z } from "zod";

type Node = {
  "Node Type": string;
  "Join Type"?: string | undefined;
  "Relation Name"?: string | undefined;
  "Index Name"?: string | undefined;
  "Function Name"?: string | undefined;
  "Plan Rows": number;
  Plans?: Node[] | undefined;
};

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.object({
    "Node Type": z.string(),
    "Join Type": z.string().optional(),
    "Relation Name": z.string().optional(),
    "Index Name": z.string().optional(),
    "Function Name": z.string().optional(),
    "Plan Rows": z.number(),
    Plans: z.array(nodeSchema).optional(),
  }),
);
const explainedSchema = z.tuple([z.object({ Plan: nodeSchema })]);

export type PlanOutline = {
  /** One step a line, indented below the step that takes from it. */
  steps: readonly string[];
  tables: readonly string[];
};

/**
 * What PostgreSQL does for a statement, of what `EXPLAIN (FORMAT JSON)` says of it: how and by which index each table is read, and how many
 * rows it reckons with. Conditions are left out, since they hold the values that were asked for.
 */
export const outlinePlan = (explained: unknown): PlanOutline => {
  const [{ Plan: root }] = explainedSchema.parse(explained);
  const steps: string[] = [];
  const tables = new Set<string>();
  const visit = (node: Node, depth: number): void => {
    if (steps.length < MOST_STEPS) steps.push(`${"  ".repeat(depth)}${describeStep(node)}`);
    const table = node["Relation Name"];
    if (table !== undefined) tables.add(table);
    for (const below of node.Plans ?? []) visit(below, depth + 1);
  };
  visit(root, 0);
  return { steps, tables: [...tables].sort() };
};

const MOST_STEPS = 60;

const describeStep = (node: Node): string => {
  const { "Node Type": what, "Join Type": join, "Plan Rows": rows } = node;
  const source = node["Relation Name"] ?? node["Function Name"];
  const index = node["Index Name"];
  const parts = [
    what,
    join === undefined ? "" : ` (${join})`,
    source === undefined ? "" : ` of ${source}`,
    index === undefined ? "" : ` by ${index}`,
    `: ${String(rows)} rows`,
  ];
  return parts.join("");
};
