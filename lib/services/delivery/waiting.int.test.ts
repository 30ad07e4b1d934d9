import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { connect, forgetDestinations, push, someValues, vouch, type Vouched } from "./testing/desk";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(async () => {
  await sandbox.close();
});
const remote = lookAt(() => sandbox.url);

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

describe("a push that a destination throttles", () => {
  it("waits as long as it was told to, also when part of the batch was judged before", async () => {
    await remote.control("PUT", "switches", {
      defenderDocumentationRanges: "refuse",
      defenderInvalidValue: "request",
    });
    await remote.control("POST", "faults", {
      match: { path: "*/import" },
      skip: 1,
      answer: "defender-throttled",
      headers: { "retry-after": "2" },
    });
    const bad: Vouched = { type: "ipv4", value: "203.0.113.77" };
    await vouch(team, [...someValues(20), bad], { name: "Feed" });

    expect(await push(actor, defender)).toMatchObject({ state: "done", counts: { accepted: 20, failed: 1 } });

    const [refused, throttled, next] = await remote.writes();
    expect([refused?.status, throttled?.status, next?.status]).toEqual([400, 429, 200]);
    expect(Date.parse(next?.at ?? "") - Date.parse(throttled?.at ?? "")).toBeGreaterThanOrEqual(2_000);
  });
});
