import { expect, test } from "vitest";

import { createStage } from "@/lib/db/queries/generation";
import { bulkAsTeam } from "@/lib/db/scope";
import type { ParsedRow } from "@/lib/feeds/contract";
import { useTestDatabase } from "@/lib/testing/database";
import { makeTeam } from "@/lib/testing/people";

import { stageRows } from "./stage-rows";

useTestDatabase();

async function* oneRow(): AsyncGenerator<readonly ParsedRow[]> {
  yield await Promise.resolve([
    { line: 1, raw: "a.example.com", candidates: [{ ok: true, type: "domain", value: "a.example.com" }] },
  ]);
}

test.each(["add", "end"])("ends at once when new values cannot be added (%s)", async (step) => {
  const { id } = await makeTeam();
  let isAbandoned = false;
  const fail = () => Promise.reject(new Error("disk full"));
  const registrar = {
    add: step === "add" ? fail : () => undefined,
    end: step === "end" ? fail : () => Promise.resolve(true),
    abandon: () => {
      isAbandoned = true;
      return Promise.resolve();
    },
  };
  const run = bulkAsTeam(id, async (client) => {
    await createStage(client);
    const defaults = { confidence: 50, tlp: 2, tags: [] };
    await stageRows(client, oneRow(), { defaults, stop: () => null, maxRows: 10, known: null, registrar });
  });

  await expect(run).rejects.toThrow("disk full");
  expect(isAbandoned).toBe(true);
});

test("keeps rows of a rare reason although a frequent one came a thousand times before", async () => {
  const { id } = await makeTeam();
  async function* noisy(): AsyncGenerator<readonly ParsedRow[]> {
    const rejected = (line: number, code: "not_an_indicator" | "malformed_row"): ParsedRow => {
      const raw = `row ${String(line)}`;
      return { line, raw, candidates: [{ ok: false, code, reason: "Why.", text: raw }] };
    };
    yield await Promise.resolve([
      ...Array.from({ length: 1_500 }, (_, index) => rejected(index + 1, "not_an_indicator")),
      ...Array.from({ length: 30 }, (_, index) => rejected(index + 1_501, "malformed_row")),
    ]);
  }

  const { samples, rejectedByReason } = await bulkAsTeam(id, async (client) => {
    await createStage(client);
    const defaults = { confidence: 50, tlp: 2, tags: [] };
    return stageRows(client, noisy(), { defaults, stop: () => null, maxRows: 10_000, known: null });
  });

  expect(rejectedByReason).toEqual({ not_an_indicator: 1_500, malformed_row: 30 });
  expect(samples).toHaveLength(1_000);
  expect(samples.slice(0, 990).map(({ line }) => line)).toEqual(
    Array.from({ length: 990 }, (_, index) => index + 1),
  );
  expect(samples.filter(({ code }) => code === "malformed_row").map(({ line }) => line)).toEqual(
    Array.from({ length: 10 }, (_, index) => index + 1_501),
  );
});
