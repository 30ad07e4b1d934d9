import { randomUUID } from "node:crypto";
import { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

import { scriptedReply, type ArmedFault } from "../watch/faults";
import { type World } from "../world";

import { type Call } from "./call";
import { readBody } from "./read-body";
import { json, Refusal, text, type Reply } from "./reply";
import { send } from "./send";

export type Answer = (call: Call, world: World) => Promise<Reply>;
type Warn = (message: string) => void;

/** What is asked of the sandbox itself rather than of a service it stands in for: no faults, no journal. */
const isOwnPath = (path: string): boolean => /^\/(?:_control(?:\/|$)|portal\/|$|favicon\.ico$)/.test(path);

/** Turns requests into calls, lets scripted faults spoil them, journals them, and never throws. */
export const createListener =
  (world: World, answer: Answer, warn: Warn): RequestListener =>
  (request, response) => {
    serve(world, answer, request, response).catch((error: unknown) => {
      warn(`${request.method ?? ""} ${request.url ?? ""} failed: ${describe(error)}`);
      if (response.headersSent) response.destroy();
      else
        void send(
          response,
          json(500, { error: { code: "InternalServerError", message: "The sandbox failed." } }),
          false,
        );
    });
  };

const serve = async (
  world: World,
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const startedAt = performance.now();
  const headOnly = request.method === "HEAD";
  let call: Call;
  try {
    call = await readCall(request, world);
  } catch (error) {
    if (error instanceof Refusal) await send(response, error.reply, headOnly);
    else if (request.destroyed) response.destroy();
    else throw error;
    return;
  }
  const receivedAt = new Date();
  const fault = isOwnPath(call.path) ? null : world.faults.take(call);
  const reply = await decide(world, answer, call, response, fault);
  if (!isOwnPath(call.path)) {
    world.journal.record(call, {
      at: world.now(),
      receivedAt,
      status: reply?.status ?? null,
      fault: fault?.id ?? null,
      durationMs: Math.round(performance.now() - startedAt),
    });
  }
  if (reply === null) request.socket.destroy();
  else await send(response, dated(reply, world.now()), headOnly);
};

/** An answer says what time it is here, unless it was scripted to say another. */
const dated = (reply: Reply, now: Date): Reply => ({
  ...reply,
  headers: { date: now.toUTCString(), ...reply.headers },
});

/** The answer to give; null is none at all. */
const decide = async (
  world: World,
  answer: Answer,
  call: Call,
  response: ServerResponse,
  fault: ArmedFault | null,
): Promise<Reply | null> => {
  if (fault === null) return answerOrRefusal(world, answer, call);
  if (fault.latencyMs > 0 && !(await waitWhileOpen(response, fault.latencyMs))) return null;
  const scripted = scriptedReply(fault);
  const spoils = fault.reset || scripted !== null;
  const real = spoils && !fault.processed ? null : await answerOrRefusal(world, answer, call);
  if (fault.reset) return null;
  const reply = scripted ?? real;
  return reply !== null && fault.truncateAfterBytes !== undefined
    ? { ...reply, cutAfterBytes: fault.truncateAfterBytes }
    : reply;
};

const answerOrRefusal = async (world: World, answer: Answer, call: Call): Promise<Reply> => {
  try {
    return await answer(call, world);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
};

const readCall = async (request: IncomingMessage, world: World): Promise<Call> => {
  const host = request.headers.host ?? "";
  const origin = /^[\w.-]+(?::\d+)?$|^\[[\da-f:]+\](?::\d+)?$/i.test(host) ? `http://${host}` : world.url;
  const target = request.url ?? "/";
  if (!URL.canParse(target, origin)) {
    throw new Refusal(text(400, "text/plain; charset=utf-8", "The address of the request cannot be read.\n"));
  }
  const url = new URL(target, origin);
  return {
    id: randomUUID(),
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: await readBody(request),
    origin,
    params: {},
    principal: null,
    records: [],
  };
};

/** Waits; false when the caller hung up meanwhile. */
const waitWhileOpen = async (response: ServerResponse, milliseconds: number): Promise<boolean> => {
  const hangUp = new AbortController();
  const onClose = (): void => {
    hangUp.abort();
  };
  response.once("close", onClose);
  try {
    await wait(milliseconds, undefined, { signal: hangUp.signal, ref: false });
    return true;
  } catch (error) {
    if (hangUp.signal.aborted) return false;
    throw error;
  } finally {
    response.off("close", onClose);
  }
};

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
