import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { EventSource } from "undici";
import { afterEach, describe, expect, it } from "vitest";

import { followStream, type StreamState } from "./event-stream";

type Message = { done: number; isFinal: boolean };
type Answer = (response: ServerResponse, accept: string) => void;

const parse = (data: unknown): Message | null =>
  typeof data === "object" && data !== null && "done" in data && "isFinal" in data
    ? { done: Number(data.done), isFinal: data.isFinal === true }
    : null;

const servers: Server[] = [];
const cleanups: (() => void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  await Promise.all(
    servers.splice(0).map(
      (server) =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(resolve);
        }),
    ),
  );
});

const serve = async (answer: Answer): Promise<string> => {
  const server = createServer((request, response) => {
    answer(response, request.headers.accept ?? "");
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
};

/** Follows until a state satisfies `isEnough`, and gives back all that were told up to there. */
const follow = (
  url: string,
  isEnough: (state: StreamState<Message>) => boolean,
): Promise<StreamState<Message>[]> =>
  new Promise((resolve) => {
    const states: StreamState<Message>[] = [];
    cleanups.push(
      followStream<Message>({
        url,
        parse,
        isLast: ({ isFinal }) => isFinal,
        initial: { done: 0, isFinal: false },
        pollMs: 10,
        openSource: (address) => {
          const source = new EventSource(address);
          return {
            addEventListener: (type, listener) => {
              source.addEventListener(type, (event) => {
                listener("data" in event ? { data: event.data } : {});
              });
            },
            close: () => {
              source.close();
            },
          };
        },
        onState: (state) => {
          states.push(state);
          if (isEnough(state)) resolve(states);
        },
      }),
    );
  });

const sendEvents = (response: ServerResponse, ...messages: unknown[]): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write("retry: 5\n\n");
  for (const message of messages) response.write(`data: ${JSON.stringify(message)}\n\n`);
};

describe("following a state on the server", () => {
  it("hands on every message and ends with the last one", async () => {
    const url = await serve((response) => {
      sendEvents(response, { done: 1, isFinal: false }, { done: 2, isFinal: true });
    });

    const states = await follow(url, ({ status }) => status === "ended");

    expect(states.map(({ message }) => message?.done)).toStrictEqual([0, 1, 2]);
    expect(states.map(({ status }) => status)).toStrictEqual(["live", "live", "ended"]);
  });

  it("ends with the first message when nothing more will come", async () => {
    const url = await serve((response) => {
      sendEvents(response, { done: 2, isFinal: true });
    });

    const states = await follow(url, ({ status }) => status === "ended");

    expect(states.at(-1)).toStrictEqual({ message: { done: 2, isFinal: true }, status: "ended" });
  });

  it("passes over what is no message", async () => {
    const url = await serve((response) => {
      sendEvents(response, "hello", 7, { done: 3, isFinal: true });
    });

    const states = await follow(url, ({ status }) => status === "ended");

    expect(states.at(-1)?.message).toStrictEqual({ done: 3, isFinal: true });
  });

  it("connects again after a cut and keeps the last state meanwhile", async () => {
    let visits = 0;
    const url = await serve((response) => {
      visits += 1;
      sendEvents(response, { done: visits, isFinal: visits === 2 });
      if (visits === 1) response.end();
    });

    const states = await follow(url, ({ status }) => status === "ended");

    expect(states).toContainEqual({ message: { done: 1, isFinal: false }, status: "connecting" });
    expect(states.at(-1)?.message?.done).toBe(2);
  });

  it("asks for JSON where event streams do not get through", async () => {
    let asked = 0;
    const url = await serve((response, accept) => {
      if (accept !== "application/json") {
        sendEvents(response);
        response.end();
        return;
      }
      asked += 1;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ done: asked, isFinal: asked === 2 }));
    });

    const states = await follow(url, ({ status }) => status === "ended");

    expect(states).toContainEqual({ message: { done: 1, isFinal: false }, status: "polling" });
    expect(states.at(-1)?.message?.done).toBe(2);
  });
});
