const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const ID = new RegExp(`^[a-z][a-z0-9-]*--${UUID}$`, "i");
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

type Kind = "text" | "id" | "time" | "boolean" | "confidence" | "texts" | "ids" | "objects" | "version";
type Check = { kind: Kind; required?: boolean };

const COMMON: Record<string, Check> = {
  id: { kind: "id", required: true },
  created: { kind: "time", required: true },
  modified: { kind: "time", required: true },
  spec_version: { kind: "version" },
  created_by_ref: { kind: "id" },
  revoked: { kind: "boolean" },
  labels: { kind: "texts" },
  confidence: { kind: "confidence" },
  lang: { kind: "text" },
  object_marking_refs: { kind: "ids" },
  external_references: { kind: "objects" },
  granular_markings: { kind: "objects" },
};

const named: Record<string, Check> = {
  name: { kind: "text", required: true },
  description: { kind: "text" },
};

const BY_TYPE: Record<string, Record<string, Check>> = {
  indicator: {
    name: { kind: "text" },
    description: { kind: "text" },
    pattern: { kind: "text", required: true },
    pattern_type: { kind: "text", required: true },
    pattern_version: { kind: "text" },
    valid_from: { kind: "time", required: true },
    valid_until: { kind: "time" },
    indicator_types: { kind: "texts" },
    kill_chain_phases: { kind: "objects" },
  },
  "attack-pattern": named,
  "threat-actor": named,
  identity: named,
  relationship: {
    relationship_type: { kind: "text", required: true },
    source_ref: { kind: "id", required: true },
    target_ref: { kind: "id", required: true },
  },
};

/** Everything that is wrong with one uploaded object, in Sentinel's words; empty when it is valid. */
export const validateObject = (value: unknown): string[] => {
  if (!isObject(value)) return [complain("object", "A STIX object must be a JSON object", value)];
  const type = value["type"];
  if (type === undefined || type === null) return [missing("type"), ...checkAll(value, COMMON)];
  const own = typeof type === "string" ? BY_TYPE[type] : undefined;
  if (own === undefined) {
    return [complain("type", `Must be one of ${Object.keys(BY_TYPE).join(", ")}`, type)];
  }
  // Microsoft's own 2.0 sample has no pattern_type.
  const checks =
    value["spec_version"] === "2.0" && "pattern_type" in own
      ? { ...own, pattern_type: { kind: "text" as const } }
      : own;
  return [...checkAll(value, COMMON), ...checkAll(value, checks), ...checkTogether(value)];
};

const checkAll = (object: Record<string, unknown>, checks: Record<string, Check>): string[] =>
  Object.entries(checks).flatMap(([property, check]) => {
    const value = object[property];
    if (value === undefined || value === null) return check.required === true ? [missing(property)] : [];
    if (check.required === true && value === "") return [missing(property, value)];
    const problem = problemOf(check.kind, value);
    return problem === null ? [] : [complain(property, problem, value)];
  });

const problemOf = (kind: Kind, value: unknown): string | null => {
  switch (kind) {
    case "text":
      return typeof value === "string" ? null : "Must be a string";
    case "id":
      return typeof value === "string" && ID.test(value) ? null : "Must have the form type--UUID";
    case "time":
      return isTime(value) ? null : "Must be a timestamp such as 2026-01-31T00:00:00Z";
    case "boolean":
      return typeof value === "boolean" ? null : "Must be true or false";
    case "confidence":
      return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 100
        ? null
        : "Must be an integer between 0 and 100";
    case "texts":
      return Array.isArray(value) && value.every((one) => typeof one === "string")
        ? null
        : "Must be a list of strings";
    case "ids":
      return Array.isArray(value) && value.every((one) => typeof one === "string" && ID.test(one))
        ? null
        : "Must be a list of ids of the form type--UUID";
    case "objects":
      return Array.isArray(value) && value.every(isObject) ? null : "Must be a list of objects";
    case "version":
      return value === "2.0" || value === "2.1" ? null : "Must be 2.0 or 2.1";
  }
};

const checkTogether = (object: Record<string, unknown>): string[] => {
  const found: string[] = [];
  const id = object["id"];
  const type = object["type"];
  if (typeof id === "string" && ID.test(id) && !id.startsWith(`${String(type)}--`)) {
    found.push(complain("id", `Must begin with ${String(type)}--`, id));
  }
  if (isBefore(object["modified"], object["created"])) {
    found.push(complain("modified", "Must not be earlier than created", object["modified"]));
  }
  const [from, until] = [object["valid_from"], object["valid_until"]];
  if (isTime(from) && isTime(until) && Date.parse(until) <= Date.parse(from)) {
    found.push(complain("valid_until", "Must be later than valid_from", until));
  }
  return found;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTime = (value: unknown): value is string =>
  typeof value === "string" && TIME.test(value) && Number.isFinite(Date.parse(value));

const isBefore = (left: unknown, right: unknown): boolean =>
  isTime(left) && isTime(right) && Date.parse(left) < Date.parse(right);

const missing = (property: string, value: unknown = null): string =>
  complain(property, "Required property is missing", value);

const complain = (property: string, problem: string, value: unknown): string =>
  `Error for Property=${property}: ${problem}. Actual value: ${value === null || value === undefined ? "NULL" : shorten(value)}.`;

const shorten = (value: unknown): string =>
  (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 200);
