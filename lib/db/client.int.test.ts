import { expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { makeTeam } from "@/lib/testing/people";

import { asTeam, bulkAsTeam } from "./scope";

useTestDatabase();

it("has a second connection for each run of a worker that does many at once", async () => {
  process.env["WORKER_CONCURRENCY"] = "24";
  const team = await makeTeam();
  let release = (): void => undefined;
  const allHold = new Promise<void>((resolve) => {
    release = resolve;
  });
  let holding = 0;
  const run = (): Promise<number> =>
    bulkAsTeam(team.id, async () => {
      holding += 1;
      if (holding === 24) release();
      await allHold;
      return asTeam(team.id, (tx) => tx.team.count());
    });

  expect(await Promise.all(Array.from({ length: 24 }, run))).toHaveLength(24);
}, 20_000);
