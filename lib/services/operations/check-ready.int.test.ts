import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";

import { checkReady } from "./check-ready";
import { collectMetrics } from "./collect-metrics";

const { asOwner } = useTestDatabase();
const failing = async (folder?: string) =>
  (await checkReady(folder)).checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-migrations-"));
  mkdirSync(join(folder, "20990101000000_not_yet"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("ready", () => {
  it("is an installation whose database, migrations and queue are there", async () => {
    expect(await failing()).toEqual([]);
  });

  it("is none whose code brings a migration that was not applied", async () => {
    expect(await failing(folder)).toEqual([
      "migrations: Not applied yet: 20990101000000_not_yet. Run: npm run migrate",
    ]);
  });

  it("is none with a migration that was cut short", async () => {
    await asOwner((client) =>
      client.query(
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES ('x', 'x', 'half', now())",
      ),
    );
    expect(await failing()).toEqual([
      "migrations: A migration is under way or was cut short. Run: npm run migrate",
    ]);
    await asOwner((client) => client.query("DELETE FROM _prisma_migrations WHERE id = 'x'"));
  });

  it("says no address and no cause to whoever asks", async () => {
    await asOwner((client) => client.query("ALTER TABLE _prisma_migrations RENAME TO away"));
    expect(await failing()).toEqual(["migrations: The state of the migrations cannot be read."]);
    await asOwner((client) => client.query("ALTER TABLE away RENAME TO _prisma_migrations"));
  });
});

describe("the metrics", () => {
  it("tell queues, outbox and the unsealed tail in Prometheus' form", async () => {
    const { text, contentType } = await collectMetrics();
    expect(contentType).toContain("text/plain");
    for (const line of [
      'sluice_queue_reachable{queue="ingest"} 1',
      "sluice_outbox_unsent 0",
      "sluice_audit_unsealed_seconds 0",
      "sluice_feeds 0",
      'sluice_sick_feeds{reason="held"} 0',
    ])
      expect(text).toContain(line);
    expect(text).toContain("process_cpu_seconds_total");
  });
});
