import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { bulkAsSystem } from "@/lib/db/scope";
import { useTestDatabase } from "@/lib/testing/database";

import { createPacer, peekWait } from "./pace";

useTestDatabase();
const keyOf = () => ({ destinationId: randomUUID(), tenantId: randomUUID(), clientId: randomUUID() });
const signal = new AbortController().signal;
const peek = (key: ReturnType<typeof keyOf>) =>
  bulkAsSystem("delivery", (client) => peekWait(client, key, { operation: "defender.import" }));

describe("pacing rows", () => {
  it("let ten uploads leave at once", async () => {
    const key = keyOf();
    const waits: number[] = [];
    const pacer = createPacer({ ...key, onWait: (waitMs) => waits.push(waitMs) });
    for (let request = 0; request < 10; request += 1) await pacer.pace("sentinel.upload", signal);
    expect(waits).toEqual([]);
  });

  it("are shared: what one worker sent, another must wait for", async () => {
    const key = keyOf();
    // A quarter of 30 imports a minute and one may leave at once, whoever sends them.
    const workers = Array.from({ length: 8 }, () => createPacer(key));
    await Promise.all(workers.map((worker) => worker.pace("defender.import", signal)));
    expect(await peek(key)).toBeGreaterThan(0);
    expect(await peek(keyOf())).toBe(0);
  });

  it("hold everything back for as long as the vendor said", async () => {
    const key = keyOf();
    const pacer = createPacer(key);
    await pacer.pace("defender.import", signal);
    await pacer.block(30_000);
    const waitMs = await peek(key);
    expect(waitMs).toBeGreaterThan(25_000);
    expect(waitMs).toBeLessThanOrEqual(30_000);
  });

  it("are not waited for by one who is told to stop", async () => {
    const key = keyOf();
    const pacer = createPacer(key);
    await pacer.pace("defender.import", signal);
    await pacer.block(60_000);
    const stopping = AbortSignal.timeout(50);
    await expect(createPacer(key).pace("defender.import", stopping)).rejects.toThrow("aborted");
  });
});
