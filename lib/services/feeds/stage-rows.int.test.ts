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
    await stageRows(client, oneRow(), { defaults, maxRows: 10, known: null, registrar });
  });

  await expect(run).rejects.toThrow("disk full");
  expect(isAbandoned).toBe(true);
});
