import fc from "fast-check";
import { afterAll, afterEach, expect, it, onTestFailed, vi } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { clientIdOf, CONTOSO, forgetDestinations } from "./testing/desk";
import { revive } from "./testing/die-at-statement";
import { carryOut, type Stage } from "./testing/history-acts";
import { settle } from "./testing/history-end";
import { judge } from "./testing/history-judge";
import { stepOver } from "./testing/history-steps";
import { readAsked } from "./testing/read-asked";
import { lookAt } from "./testing/remote";
import { makeWorld, type Side, type World } from "./testing/world";
import { PLACES } from "./testing/world-tenant";
import { makeFeed } from "./testing/world-feed";

// What is looked at or tried again is so at once; time passes by the acts of a history alone.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

// What feeds may reach of this machine, for the list that histories change.
process.env["FEED_ALLOWED_CIDRS"] = "127.0.0.1/32";

const database = useTestDatabase();
const lists = useFeedServer();
const sandbox = useSandbox(startSandbox);
afterEach(revive);
const remote = lookAt(() => sandbox.url);
const stage: Stage = { remote, database, origin: () => sandbox.url, deaths: { sending: 0, midway: 0 } };
afterAll(() => {
  const { sending, midway } = stage.deaths;
  process.stderr.write(
    `Workers died ${String(sending)} times while they sent, ${String(midway)} with something under way.\n`,
  );
});

/** More than a batch of theirs holds (`openInSmallBatches`). */
const VALUES = 6;
/** Others with every run. docs/operations.md says how to run more of them, or one that failed once more. */
const RUNS = Number(process.env["HISTORY_RUNS"] ?? 4);
const SEED = Number(process.env["HISTORY_SEED"] ?? Date.now() % 2 ** 31);
const PATH = process.env["HISTORY_PATH"];
/** So many deaths of workers at least have something under way: of a few histories chance may have it that none does. */
const LEAST_MIDWAY = PATH === undefined ? Math.floor(RUNS / 10) : 0;
const LONGEST_MS = 90_000;

const makeSide = async (): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const [access] = actor.teams;
  if (!access) throw new Error("The actor has no team.");
  return { team, actor, access, own: new Map(), withdrawn: new Set() };
};

/** Two teams that have sent nothing yet, at a tenant where others hold something already. */
const begin = async (): Promise<{ world: World; strangers: Awaited<ReturnType<typeof remote.defender>> }> => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    await client.query("UPDATE push SET state = 'done', urgent = false WHERE state <> 'done'");
    // Other histories' teams are over: nobody at these applications stands in the way.
    await client.query("UPDATE connector SET deleted_at = now() WHERE deleted_at IS NULL");
  });
  await remote.control("POST", "applications", {
    ...{ tenantId: CONTOSO, clientId: clientIdOf("TPI_NoConsent"), roles: ["Ti.ReadWrite"] },
  });
  await remote.control("POST", "seed", { tenantId: CONTOSO, foreign: 2, portal: 1, capacity: PLACES });
  const strangers = await remote.defender();
  const sides = [await makeSide(), await makeSide()] as const;
  const feed = await makeFeed(sides[0].team, sides[0].actor, lists);
  const administrator = await makeActor([], { isAdministrator: true });
  const world = await makeWorld(sides, { valueCount: VALUES, feed, administrator });
  return { world, strangers };
};

it(
  "whatever people and faults did, what stands is what they want, receipts tell the truth, and the audit explains every write",
  async () => {
    // Also where it did not come to its end, of which the message below says nothing.
    onTestFailed(() => {
      process.stderr.write(`This was HISTORY_SEED=${String(SEED)} HISTORY_RUNS=${String(RUNS)}\n`);
    });
    await fc.assert(
      fc.asyncProperty(fc.array(stepOver(VALUES), { minLength: 10, maxLength: 28 }), async (steps) => {
        const { world, strangers } = await begin();
        for (const given of steps) await carryOut(stage, world, given);
        await settle(stage, world);
        const asked = await readAsked(database, world);
        expect(await judge(remote, world, { strangers, asked })).toBe(VALUES);
      }),
      // Where it fails, the message names seed and path of the history.
      {
        numRuns: PATH === undefined ? RUNS : 1,
        seed: SEED,
        endOnFailure: true,
        ...(PATH !== undefined && { path: PATH }),
      },
    );
    expect(stage.deaths.midway).toBeGreaterThanOrEqual(LEAST_MIDWAY);
  },
  RUNS * LONGEST_MS,
);
