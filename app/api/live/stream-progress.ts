import { setTimeout as delay } from "node:timers/promises";

import { progressMessageSchema, type ProgressMessage } from "@/components/live/progress-message";
import { logger } from "@/lib/observability/logger";

const ASK_EVERY_MS = 700;
/** The browser then connects again by itself, and session, team and role are checked anew. */
const CONNECTION_MS = 60_000;

/**
 * Answers with the state of something long: as server-sent events until its last message, or once as JSON to whoever
 * asks for JSON. `read` gives the whole state each time; what it throws at first is the caller's to answer.
 */
export const streamProgress = async (
  request: Request,
  read: () => Promise<ProgressMessage>,
): Promise<Response> => {
  const first = progressMessageSchema.parse(await read());
  if (!(request.headers.get("accept") ?? "").includes("text/event-stream"))
    return Response.json(first, { headers: { "cache-control": "no-store" } });

  const stopped = new AbortController();
  const signal = AbortSignal.any([request.signal, stopped.signal]);
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      void follow(first, read, signal, (text) => {
        controller.enqueue(ENCODER.encode(text));
      }).finally(() => {
        // A reader that went away has closed it already.
        if (!stopped.signal.aborted) controller.close();
      });
    },
    cancel: () => {
      stopped.abort();
    },
  });
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
};

const follow = async (
  first: ProgressMessage,
  read: () => Promise<ProgressMessage>,
  signal: AbortSignal,
  send: (text: string) => void,
): Promise<void> => {
  const endsAt = Date.now() + CONNECTION_MS;
  let sent = toEvent(first);
  let isFinal = first.isFinal;
  try {
    send(sent);
    while (!isFinal && Date.now() < endsAt) {
      await delay(ASK_EVERY_MS, undefined, { signal });
      const message = await read();
      isFinal = message.isFinal;
      const event = toEvent(message);
      if (event !== sent) send(event);
      sent = event;
    }
  } catch (error) {
    // The stream ends; the browser connects again and then gets the failure as an answer.
    if (!signal.aborted) logger.warn({ err: error }, "A progress stream was cut short");
  }
};

const toEvent = (message: ProgressMessage): string => `data: ${JSON.stringify(message)}\n\n`;

const ENCODER = new TextEncoder();
