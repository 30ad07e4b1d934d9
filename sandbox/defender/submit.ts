import { readJson, type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { type World } from "../world";

import { admit, type Caller } from "./access";
import { defenderError, refuse, type Problem } from "./errors";
import { judge, type CompleteSubmission } from "./rules";
import { readSubmission, type Submission } from "./submission";
import { upsert, type Stored } from "./upsert";

const IMPORT_RESULTS = "Collection(microsoft.windowsDefenderATP.api.ImportIndicatorResult)";

/** `POST /api/indicators`: one indicator, created or updated; anything wrong with it is 400. */
export const submitIndicator = async (call: Call, world: World): Promise<Reply> => {
  const caller = await admit(call, world, "submit");
  const body = parseBody(call);
  const judgement = judge(readOne(body, world), world.state.switches, world.now());
  if (!judgement.ok) return badRequest(judgement.problem);
  const stored = store(call, world, caller, judgement.submission);
  if (!stored.ok) return badRequest(stored.problem);
  world.changed();
  return json(200, { "@odata.context": contextOf(call, "Indicators/$entity"), ...stored.indicator });
};

/** `POST /api/indicators/import`: one result per item in the order of the request, or 400 and nothing stored. */
export const importIndicators = async (call: Call, world: World): Promise<Reply> => {
  const caller = await admit(call, world, "import");
  const items = readList(parseBody(call), "Indicators");
  const { batchSize } = world.state.limits.defender;
  if (items.length > batchSize) {
    return defenderError(
      400,
      "MaximumBatchSizeExceeded",
      `Maximum batch size exceeded: received ${String(items.length)}, allowed ${String(batchSize)}.`,
    );
  }
  if (items.length === 0 && world.state.switches.defenderEmptyImport === "bad-request") {
    return defenderError(400, "InvalidInput", "The list of indicators is empty.");
  }
  const submissions = items.map((item) => readOne(item, world));
  const judgements = submissions.map((submission) => judge(submission, world.state.switches, world.now()));
  const offence = judgements.find((one) => !one.ok && one.problem.scope === "request");
  if (offence !== undefined && !offence.ok) return badRequest(offence.problem);

  const value = judgements.map((judgement, index) => {
    const stored: Stored = judgement.ok ? store(call, world, caller, judgement.submission) : judgement;
    return {
      id: stored.ok ? stored.indicator.id : failedId(world),
      indicator: submissions[index]?.indicatorValue ?? null,
      isFailed: !stored.ok,
      failureReason: stored.ok ? null : stored.problem.message,
    };
  });
  world.changed();
  return json(200, { "@odata.context": contextOf(call, IMPORT_RESULTS), value });
};

/** Stores it as the caller's, and has the journal say which record that was. */
const store = (call: Call, world: World, caller: Caller, submission: CompleteSubmission): Stored => {
  const stored = upsert(world, caller, submission);
  if (stored.ok) {
    const { id, indicatorValue: value, createdBy } = stored.indicator;
    call.records.push({ id, value, createdBy });
  }
  return stored;
};

/** The `@odata.context` of an answer; its host is the one that was called. */
export const contextOf = (call: Call, what: string): string =>
  `${call.origin}/defender/api/$metadata#${what}`;

/** The list that a batch body holds under that exact name; throws 400 otherwise. */
export const readList = (body: unknown, name: string): unknown[] => {
  if (typeof body !== "object" || body === null) {
    throw refuse(400, "InvalidRequestBody", "Request body is incorrect: it must be an object.");
  }
  const list: unknown = Object.entries(body).find(([key]) => key === name)?.[1];
  if (list === undefined || list === null) {
    throw refuse(400, "MissingRequiredParameter", `The required parameter '${name}' is missing.`);
  }
  if (!Array.isArray(list))
    throw refuse(400, "InvalidRequestBody", `Request body is incorrect: '${name}' must be a list.`);
  return list;
};

/** The body as JSON; throws 400. */
export const parseBody = (call: Call): unknown => {
  const parsed = readJson(call);
  if (!parsed.ok) throw refuse(400, "InvalidRequestBody", `Request body is incorrect: ${parsed.message}`);
  return parsed.value;
};

const readOne = (value: unknown, world: World): Submission => {
  const read = readSubmission(value, world.state.switches.defenderUnknownProperty === "refuse");
  if (!read.ok) throw refuse(400, "InvalidRequestBody", read.message);
  return read.submission;
};

const badRequest = (problem: Problem): Reply =>
  problem.code === "DisallowedOperation"
    ? defenderError(403, problem.code, problem.message)
    : defenderError(400, problem.code, problem.message);

const failedId = (world: World): null | "" => (world.state.switches.defenderFailedId === "null" ? null : "");
