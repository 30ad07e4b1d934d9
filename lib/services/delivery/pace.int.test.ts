import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { Operation } from "@/lib/connectors/contract";
import { bulkAsSystem } from "@/lib/db/scope";
import { useTestDatabase } from "@/lib/testing/database";

import { createPacer, createSlots, peekWait } from "./pace";

useTestDatabase();
const keyOf = () => ({ destinationId: randomUUID(), tenantId: randomUUID(), clientId: randomUUID() });
const signal = new AbortController().signal;
const peek = (key: ReturnType<typeof keyOf>, operation: Operation = "defender.import") =>
  bulkAsSystem("delivery", (client) => peekWait(client, key, { operation }));

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
    // The row keeps whole milliseconds, rounded.
    expect(waitMs).toBeLessThanOrEqual(30_001);
  });

  it.each([0, 1])(
    "let nobody come back before the vendor's time, and each a little later: %d",
    async (jitter) => {
      const key = keyOf();
      const pacer = createPacer(key);
      await pacer.pace("defender.import", signal);
      const toldAt = Date.now();
      await pacer.block(1_000);
      await createPacer({ ...key, jitter: () => jitter }).pace("defender.import", signal);
      // The row keeps whole milliseconds, and a timer may be one early.
      expect(Date.now() - toldAt).toBeGreaterThanOrEqual(998 + 95 * jitter);
    },
  );

  it("are not waited for by one who is told to stop", async () => {
    const key = keyOf();
    const pacer = createPacer(key);
    await pacer.pace("defender.import", signal);
    await pacer.block(60_000);
    const stopping = AbortSignal.timeout(50);
    await expect(createPacer(key).pace("defender.import", stopping)).rejects.toThrow("aborted");
  });

  it("are one for all workspaces that an application uploads to, and one for each tenant's imports", async () => {
    const key = keyOf();
    const elsewhere = { ...key, destinationId: randomUUID() };
    const pacer = createPacer(key);
    await pacer.pace("sentinel.upload", signal);
    await pacer.block(30_000);
    await pacer.pace("defender.import", signal);
    await pacer.block(30_000);
    expect(await peek(elsewhere, "sentinel.upload")).toBeGreaterThan(25_000);
    expect(await peek(elsewhere, "defender.import")).toBe(0);
  });

  it("let side by side leave no more than may, and move only what was answered", async () => {
    const key = keyOf();
    const slots = createSlots(key);
    const taken = await Promise.all(
      Array.from({ length: 40 }, () => slots.take({ operation: "sentinel.upload" })),
    );
    const granted = taken.filter(({ waitMs }) => waitMs === 0);
    // A quarter of the hundred, without those that are kept for what is urgent.
    expect(granted.length).toBeGreaterThan(20);
    expect(granted.length).toBeLessThan(30);
    const times = async () => {
      const { rows } = await bulkAsSystem("delivery", (client) =>
        client.query<{ sentAt: Date[] }>(`SELECT sent_at AS "sentAt" FROM bucket WHERE client_id = $1`, [
          key.clientId,
        ]),
      );
      return rows[0]?.sentAt.map((at) => at.getTime()) ?? [];
    };
    const before = await times();
    expect(before).toHaveLength(granted.length);
    await setTimeout(20);
    await slots.move({ operation: "sentinel.upload", at: granted[0]?.at ?? 0 });
    const after = await times();
    expect(after.slice(0, -1)).toEqual(before.slice(1));
    expect(after.at(-1)).toBeGreaterThan(before.at(-1) ?? 0);
  });

  it("count what was answered after so long that it was forgotten: it may have arrived only then", async () => {
    const key = keyOf();
    const slots = createSlots(key);
    const { at } = await slots.take({ operation: "sentinel.upload" });
    await bulkAsSystem("delivery", (client) =>
      client.query("UPDATE bucket SET sent_at = '{}' WHERE client_id = $1", [key.clientId]),
    );
    await slots.move({ operation: "sentinel.upload", at });
    const { rows } = await bulkAsSystem("delivery", (client) =>
      client.query<{ count: number }>(
        "SELECT cardinality(sent_at) AS count FROM bucket WHERE client_id = $1",
        [key.clientId],
      ),
    );
    expect(rows).toEqual([{ count: 1 }]);
  });
});
