import { z } from "zod";

import { textOf, textsOf, updatedAtOf, type StixRow } from "./stix-row";

const OPERATORS = [
  "Equals",
  "NotEquals",
  "LessThan",
  "LessThanEqual",
  "GreaterThan",
  "GreaterThanEqual",
  "StringContains",
  "StringNotContains",
  "StringStartsWith",
  "StringNotStartsWith",
  "StringEndsWith",
  "StringNotEndsWith",
  "StringIsEmpty",
  "IsNull",
  "IsTrue",
  "IsFalse",
  "ArrayContains",
  "ArrayNotContains",
  "OnOrAfterRelative",
  "OnOrAfterAbsolute",
  "OnOrBeforeRelative",
  "OnOrBeforeAbsolute",
] as const;

const connective = z.enum(["And", "Or"]);
export const conditionSchema = z.object({
  stixObjectType: z.string().optional(),
  // Microsoft's own example sends null.
  conditionConnective: connective.nullish(),
  clauses: z
    .array(
      z.object({
        field: z.string(),
        operator: z.enum(OPERATORS),
        values: z.array(z.union([z.string(), z.number(), z.boolean()])).default([]),
        clauseConnective: connective.nullish(),
      }),
    )
    .default([]),
});

export type Condition = z.infer<typeof conditionSchema>;
type Clause = Condition["clauses"][number];
type Operator = Clause["operator"];

type Meaning = {
  /** Serves the relative times. */
  now: Date;
  /** How the values of a clause are joined that does not say it. */
  unsaid: "And" | "Or";
};

/** Whether an object meets a condition of `POST /main/query`. */
export const meets = (row: StixRow, condition: Condition, meaning: Meaning): boolean => {
  const { stixObjectType: type } = condition;
  if (type !== undefined && textOf(row, "type")?.toLowerCase() !== type.toLowerCase()) return false;
  if (condition.clauses.length === 0) return true;
  const test = (clause: Clause): boolean => meetsClause(row, clause, meaning);
  return condition.conditionConnective === "Or"
    ? condition.clauses.some(test)
    : condition.clauses.every(test);
};

/** The value of a queried field: what Sentinel adds to an object, else the STIX property, in either spelling. */
export const fieldOf = (row: StixRow, field: string): unknown => {
  switch (field) {
    case "source":
      return row.sourceSystem;
    case "createdBy":
      return row.createdBy;
    case "lastModifiedBy":
      return row.lastModifiedBy;
    case "lastUpdateMethod":
      return row.lastUpdateMethod;
    case "firstIngestedTimeUtc":
      return row.firstIngestedAt;
    case "lastIngestedTimeUtc":
      return row.timeGenerated;
    case "lastUpdatedTimeUtc":
    case "lastUpdatedDateTimeUtc":
      return updatedAtOf(row);
    case "tags":
      return textsOf(row, "labels");
    default:
      return row.data[field] ?? row.data[field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
  }
};

const meetsClause = (row: StixRow, clause: Clause, { now, unsaid }: Meaning): boolean => {
  const value = fieldOf(row, clause.field);
  const test = (wanted: string | number | boolean): boolean =>
    TESTS[clause.operator](value, String(wanted).toLowerCase(), now);
  if (WITHOUT_VALUES.has(clause.operator)) return test("");
  return (clause.clauseConnective ?? unsaid) === "Or" ? clause.values.some(test) : clause.values.every(test);
};

const isMissing = (value: unknown): boolean => value === undefined || value === null;

const holds = (value: unknown, wanted: string): boolean =>
  Array.isArray(value) && value.some((one) => textForm(one) === wanted);

const timeOf = (value: unknown): number => Date.parse(textForm(value));

/** Every test gets its wanted value in lower case. */
const TESTS: Record<Operator, (value: unknown, wanted: string, now: Date) => boolean> = {
  Equals: (value, wanted) => textForm(value) === wanted,
  NotEquals: (value, wanted) => textForm(value) !== wanted,
  LessThan: (value, wanted) => order(value, wanted) < 0,
  LessThanEqual: (value, wanted) => order(value, wanted) <= 0,
  GreaterThan: (value, wanted) => order(value, wanted) > 0,
  GreaterThanEqual: (value, wanted) => order(value, wanted) >= 0,
  StringContains: (value, wanted) => textForm(value).includes(wanted),
  StringNotContains: (value, wanted) => !textForm(value).includes(wanted),
  StringStartsWith: (value, wanted) => textForm(value).startsWith(wanted),
  StringNotStartsWith: (value, wanted) => !textForm(value).startsWith(wanted),
  StringEndsWith: (value, wanted) => textForm(value).endsWith(wanted),
  StringNotEndsWith: (value, wanted) => !textForm(value).endsWith(wanted),
  StringIsEmpty: (value) => isMissing(value) || value === "",
  IsNull: isMissing,
  IsTrue: (value) => value === true,
  IsFalse: (value) => value === false || isMissing(value),
  ArrayContains: holds,
  ArrayNotContains: (value, wanted) => !holds(value, wanted),
  OnOrAfterAbsolute: (value, wanted) => timeOf(value) >= Date.parse(wanted),
  OnOrBeforeAbsolute: (value, wanted) => timeOf(value) <= Date.parse(wanted),
  OnOrAfterRelative: (value, wanted, now) => timeOf(value) >= now.getTime() - durationMs(wanted),
  OnOrBeforeRelative: (value, wanted, now) => timeOf(value) <= now.getTime() - durationMs(wanted),
};
const WITHOUT_VALUES: ReadonlySet<Operator> = new Set(["StringIsEmpty", "IsNull", "IsTrue", "IsFalse"]);

/** Numbers by size, times by time, anything else as text; NaN when the two cannot be compared. */
const order = (value: unknown, wanted: string): number => {
  const numbers = [Number(textForm(value) || Number.NaN), Number(wanted)] as const;
  if (numbers.every(Number.isFinite)) return numbers[0] - numbers[1];
  return timeOf(value) - Date.parse(wanted);
};

const textForm = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value).toLowerCase()
    : "";

/** An ISO 8601 duration of days, hours, minutes and seconds in milliseconds; NaN for anything else. */
const durationMs = (text: string): number => {
  const match = /^p(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?)?$/.exec(text);
  if (match === null) return Number.NaN;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part || "0"));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1000;
};
