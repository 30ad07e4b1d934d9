import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { logger } from "@/lib/observability/logger";
import { connect, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createPlan } from "./create-plan";
import { watchPlan } from "./slow-plan";

useDestinations();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  vi.spyOn(logger, "warn").mockClear();
});

const toldSchema = z.object({
  teamId: z.string(),
  plan: z.object({ id: z.string(), counts: z.record(z.string(), z.number()) }).nullable(),
  ms: z.number(),
  cpuMs: z.number(),
  stages: z.array(z.object({ stage: z.string(), ms: z.number(), statements: z.number(), rows: z.number() })),
  statements: z.array(z.object({ sql: z.string(), calls: z.number(), ms: z.number() })),
  waits: z.record(z.string(), z.number()),
});

/** What the log was told of slow plans. */
const told = () =>
  vi
    .mocked(logger.warn)
    .mock.calls.filter(([, message]) => message === "A plan took long")
    .map(([facts]) => toldSchema.parse(facts));

describe("a plan that takes longer than it may", () => {
  it.each(["defender", "sentinel"] as const)(
    "for %s says in the log where its time went, and names no indicator",
    async (kind) => {
      const connector = await connect(actor, team, kind);
      const values = someValues(40);
      await vouch(team, values, { name: "Feed" });
      const planning = { connectorId: connector.id, teamId: team.id, doer: asDoer(actor) };

      const { id } = await createPlan({ ...planning, slowAfterMs: 0 });

      const [facts, ...more] = told();
      expect(more).toEqual([]);
      expect(facts).toMatchObject({ teamId: team.id, plan: { id, counts: { add: 40 } } });
      const stages = facts?.stages.map(({ stage }) => stage);
      expect(stages).toEqual([
        ...["look", "connection", "connector"],
        ...(kind === "defender" ? ["judge", "places"] : ["judge"]),
        ...["write", "commit"],
      ]);
      expect(facts?.stages.find(({ stage }) => stage === "write")?.rows).toBeGreaterThanOrEqual(40);
      const sum = facts?.stages.reduce((all, { ms }) => all + ms, 0) ?? 0;
      expect(Math.abs(sum - (facts?.ms ?? 0))).toBeLessThan(20);
      expect(facts?.statements[0]?.calls).toBeGreaterThan(0);
      const text = JSON.stringify(vi.mocked(logger.warn).mock.calls);
      for (const { value } of values) expect(text).not.toContain(value);
    },
  );

  it("says what PostgreSQL was seen to wait for meanwhile, also where nothing comes of it", async () => {
    const attempt = watchPlan({ connectorId: "c", teamId: team.id, slowAfterMs: 50 }, (watch) =>
      bulkAsTeam(team.id, (client) =>
        watch.follow(client, async () => {
          await client.query("SELECT pg_sleep(0.6)");
          throw new Error("The tenant is gone.");
        }),
      ),
    );

    await expect(attempt).rejects.toThrow("The tenant is gone.");

    expect(told()).toMatchObject([{ plan: null, waits: { "Timeout/PgSleep": 1 } }]);
  });

  it("is told of no other", async () => {
    const connector = await connect(actor, team, "sentinel");
    await vouch(team, someValues(2), { name: "Feed" });
    await createPlan({ connectorId: connector.id, teamId: team.id, doer: asDoer(actor) });
    expect(told()).toEqual([]);
  });
});
