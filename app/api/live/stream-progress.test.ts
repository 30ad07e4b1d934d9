import { describe, expect, it } from "vitest";

import type { ProgressMessage } from "@/components/live/progress-message";

import { streamProgress } from "./stream-progress";

const message = (done: number, isFinal = false): ProgressMessage => ({
  state: isFinal ? "succeeded" : "running",
  isFinal,
  done,
  total: null,
  sentence: "Reading.",
  tone: "info",
});
const ask = (accept: string, signal?: AbortSignal) =>
  new Request("http://localhost/", { headers: { accept }, ...(signal && { signal }) });
const eventsOf = (text: string): unknown[] =>
  text
    .split("\n\n")
    .filter((part) => part.startsWith("data: "))
    .map((part) => JSON.parse(part.slice(6)) as unknown);

describe("a progress stream", () => {
  it("sends every new state once and closes after the last", async () => {
    const states = [message(1), message(1), message(2), message(3, true)];
    const response = await streamProgress(ask("text/event-stream"), () =>
      Promise.resolve(states.shift() ?? message(99)),
    );

    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(eventsOf(await response.text())).toStrictEqual([message(1), message(2), message(3, true)]);
  });

  it("answers the newest state as JSON to who asks for that", async () => {
    const response = await streamProgress(ask("application/json"), () => Promise.resolve(message(5)));

    expect(await response.json()).toStrictEqual(message(5));
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("leaves a first failure to its caller, so that it becomes a status", async () => {
    await expect(
      streamProgress(ask("text/event-stream"), () => Promise.reject(new Error("No such run."))),
    ).rejects.toThrow("No such run.");
  });

  it("ends when the state can no longer be read, and keeps what was sent", async () => {
    let isFirst = true;
    const response = await streamProgress(ask("text/event-stream"), () => {
      if (!isFirst) return Promise.reject(new Error("The session has ended."));
      isFirst = false;
      return Promise.resolve(message(1));
    });

    expect(eventsOf(await response.text())).toStrictEqual([message(1)]);
  });

  it("stops asking once nobody listens", async () => {
    const asked: number[] = [];
    const gone = new AbortController();
    const response = await streamProgress(ask("text/event-stream", gone.signal), () => {
      asked.push(1);
      return Promise.resolve(message(1));
    });
    gone.abort();
    await response.text();

    expect(asked).toHaveLength(1);
  });
});
