// How the API is made
//
// A route is one call of `defineRoute` in `app/api/v1/_routes/<area>.ts`. The same zod schemas check the request, shape the
// answer (what a schema does not name never leaves) and become the OpenAPI document. Next's own file only names it:
//
//   export const GET = listTeamsRoute.handle;          app/api/v1/teams/route.ts
//
// and `app/api/v1/_routes/index.ts` lists the area, so that the route stands in the document and in the tests that try every
// route without a token, with a viewer's, and with another team's.
//   - Bodies and queries are `z.strictObject`: unknown names are refused.
//   - `permission` says who may call at all; `inTeam(slug)` checks it in the team that the request names. A service that
//     loads an object by its id checks with `requireInTeam(actor, permission, object.teamId, "feed")`.
//   - Throw `AppError`; its code decides the status. Anything else becomes a 500 that tells nothing and is logged.
//   - A file that is made while it is read: `answer: { status: 200, files: [its media types] }`, and `run` gives a `FileAnswer`.
//   - An answer that holds a one-time secret says `secretAnswer: true`: it is never stored for an Idempotency-Key.
import "server-only";

import { randomUUID } from "node:crypto";

import { z } from "zod";

import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { countApiRequest } from "@/lib/auth/api-limit";
import { requireAnywhere, requireTeam } from "@/lib/auth/require";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import type { Permission } from "@/lib/domain/access/permissions";
import { logger } from "@/lib/observability/logger";
import { metrics } from "@/lib/observability/metrics";

import { FileAnswer, fileResponse } from "./file-answer";
import { once } from "./once";
import { asProblemError, commonHeaders, ProblemError, problemResponse } from "./problem";
import { parsePart, readBytes, readFile, readJson, readQuery } from "./read-request";

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** What is known of a route without calling it. */
export type RouteDefinition = {
  method: Method;
  /** Below `/api/v1`, with `{names}` for path parameters. */
  path: `/${string}`;
  summary: string;
  description?: string;
  tags: readonly [string, ...string[]];
  permission: Permission;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Instead of `body`: the request is a file of any type, given to `run` while it arrives. */
  file?: { description: string; maxBytes: number };
  answer:
    { status: 200 | 201 | 202; schema: z.ZodType } | { status: 204 } | { status: 200; files: FileTypes };
  /** What a 202 says instead: `run` gives `Waiting` where nothing is done before somebody else approves. */
  waits?: z.ZodType;
  /** False: an Idempotency-Key is ignored, as it is where a file arrives. POST honours it unless told otherwise. */
  idempotent?: boolean;
  /** The answer holds a secret that is shown once. */
  secretAnswer?: boolean;
};

type RouteContext<Params, Query, Body> = {
  actor: Actor;
  params: Params;
  query: Query;
  body: Body;
  /** The bytes of a route that takes a `file`; read once. */
  file: AsyncIterable<Uint8Array>;
  request: Request;
  /** The team behind a slug, the route's permission checked in it. */
  inTeam: (slug: string) => TeamAccess;
};

type Options<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> = Omit<RouteDefinition, "params" | "query" | "body" | "answer"> & {
  params?: Params;
  query?: Query;
  body?: Body;
  answer: { status: 200 | 201 | 202; schema: Answer } | { status: 204 } | { status: 200; files: FileTypes };
  run: (
    context: RouteContext<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<z.input<Answer> | Waiting | FileAnswer>;
};

/** Given by a route's `run` where what was asked for waits for somebody else. */
export class Waiting {
  constructor(readonly body: unknown) {}
}

/** Media types of the files that a route answers with. */
type FileTypes = readonly [string, ...string[]];

/** A route handler as Next calls it. */
type RouteHandler = (request: Request, context: { params: Promise<unknown> }) => Promise<Response>;
export type Route = { definition: RouteDefinition; handle: RouteHandler };

/** A route of the API: its definition for the document, and the handler for Next. */
export const defineRoute = <
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodVoid,
>({
  run,
  ...definition
}: Options<Params, Query, Body, Answer>): Route => {
  type Context = RouteContext<z.output<Params>, z.output<Query>, z.output<Body>>;
  const { method, path, permission, params, query, body, file, answer, secretAnswer = false } = definition;

  const carryOut = async (context: Context): Promise<Answered> => {
    const result = await run(context);
    if (result instanceof FileAnswer) return { status: 200, body: result };
    if (result instanceof Waiting) {
      if (!definition.waits) throw new Error(`${method} ${path} waits for nobody.`);
      return { status: 202, body: JSON.stringify(await definition.waits.parseAsync(result.body)) };
    }
    if (answer.status === 204) return { status: 204, body: null };
    if ("files" in answer) throw new Error(`${method} ${path} gave no file.`);
    return { status: answer.status, body: JSON.stringify(await answer.schema.parseAsync(result)) };
  };

  const answerRequest = async (request: Request, rawParams: unknown): Promise<Answered> => {
    const actor = requireAnywhere(await authenticateRequest(request), permission);
    await countApiRequest(actor);
    const bytes = body ? await readBytes(request) : NO_BYTES;
    const context = {
      actor,
      params: await parsePart("path", params ?? z.undefined(), params && rawParams),
      query: await parsePart("query", query ?? NO_QUERY, readQuery(request)),
      body: body && (await parsePart("body", body, readJson(request, bytes))),
      file: readFile(request, file?.maxBytes ?? 0),
      request,
      inTeam: (slug: string) => requireTeam(actor, slug, permission),
    } as Context;
    if (!honoursKey(definition)) return carryOut(context);
    const route = `${method} ${path}`;
    return once({ userId: actor.userId, request, route, body: bytes, isSecret: secretAnswer }, async () => {
      const { status, body: text } = await carryOut(context);
      if (text instanceof FileAnswer)
        throw new Error(`${method} ${path}: a file is not kept for a second answer.`);
      return { status, body: text };
    });
  };

  const respond = async (request: Request, params: Promise<unknown>): Promise<Response> => {
    const requestId = randomUUID();
    try {
      const { status, body: text } = await answerRequest(request, await params);
      if (text instanceof FileAnswer) return await fileResponse(text, commonHeaders(requestId));
      const headers = { ...commonHeaders(requestId), ...(text !== null && JSON_CONTENT) };
      return new Response(text, { status, headers });
    } catch (error) {
      return respondWithProblem(error, requestId);
    }
  };

  const handle: RouteHandler = async (request, { params }) => {
    const stop = metrics().apiSeconds.startTimer({ method, route: path });
    const response = await respond(request, params);
    stop({ status: response.status });
    return response;
  };
  return { definition, handle };
};

/** Whether a request that is sent again with the same Idempotency-Key gets the first answer. */
export const honoursKey = ({ method, file, idempotent = true }: RouteDefinition): boolean =>
  method === "POST" && file === undefined && idempotent;

/** Any failure as a problem document; what nobody anticipated is logged and tells nothing. */
export const respondWithProblem = (error: unknown, requestId: string = randomUUID()): Response => {
  const known = asProblemError(error);
  if (known) return problemResponse(known, requestId);
  logger.error({ err: error, requestId }, "An API request failed");
  const detail = `Something went wrong here, not in your request. It has been logged as ${requestId}.`;
  return problemResponse(new ProblemError("internal", detail), requestId);
};

type Answered = { status: number; body: string | FileAnswer | null };

const NO_QUERY = z.strictObject({});
const NO_BYTES = Buffer.alloc(0);
const JSON_CONTENT = { "content-type": "application/json" };
