import { setTimeout as wait } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { takeBeginning } from "./take-beginning";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Gives these parts and then falls silent until it is let go, as a connection does. */
const silentAfter = (parts: readonly string[], firstAfterMs = 0) => {
  const connection = new AbortController();
  const state = { isClosed: false };
  const source = async function* (): AsyncGenerator<Uint8Array> {
    try {
      await wait(firstAfterMs);
      for (const part of parts) yield bytes(part);
      await wait(60_000, undefined, { signal: connection.signal });
    } finally {
      state.isClosed = true;
    }
  };
  return {
    source: source(),
    state,
    letGo: () => {
      connection.abort();
    },
  };
};

const textOf = async (parts: AsyncIterable<Uint8Array>): Promise<string> => {
  let text = "";
  for await (const part of parts) text += Buffer.from(part).toString();
  return text;
};

const never = new AbortController().signal;

describe("takeBeginning", () => {
  it("takes so many bytes and lets go of the rest", async () => {
    const { source, state, letGo } = silentAfter(["one,", "two,", "three"]);
    const { read, isCut } = takeBeginning(source, { maxBytes: 6, late: never, letGo });

    expect(await textOf(read)).toBe("one,tw");
    expect(isCut()).toBe(true);
    await expect.poll(() => state.isClosed).toBe(true);
  });

  it("takes what has come when its time is over", async () => {
    const { source, state, letGo } = silentAfter(["one,", "two,"]);
    const { read, isCut } = takeBeginning(source, { maxBytes: 100, late: AbortSignal.timeout(50), letGo });

    expect(await textOf(read)).toBe("one,two,");
    expect(isCut()).toBe(true);
    await expect.poll(() => state.isClosed).toBe(true);
  });

  it("waits longer for the first bytes", async () => {
    const { source, letGo } = silentAfter(["one"], 60);
    const { read, isCut } = takeBeginning(source, { maxBytes: 100, late: AbortSignal.timeout(5), letGo });

    expect(await textOf(read)).toBe("one");
    expect(isCut()).toBe(true);
  });

  it("leaves a body that ends in time as it is", async () => {
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(bytes("one,"));
      yield bytes("two");
    };
    const { read, isCut } = takeBeginning(parts(), { maxBytes: 7, late: never, letGo: () => undefined });

    expect(await textOf(read)).toBe("one,two");
    expect(isCut()).toBe(false);
  });
});
