import { beforeEach, describe, expect, it, vi } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { resumePush } from "./resume-push";
import { apply, connect, deliverToTheEnd, someValues, vouch } from "./testing/desk";
import { expectTruth, letTimePass, minutePasses } from "./testing/hardship";

// What is tried again in place is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const arm = (fault: object) => remote.control("POST", "faults", fault);
/** Requests in a row that were not answered, and for how many seconds it waits from now on. */
const waitOf = (id: string) =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ failures: number; seconds: number | null }>(
      "SELECT failures, extract(epoch FROM wake_at - clock_timestamp())::float8 AS seconds FROM push WHERE id = $1",
      [id],
    );
    const [row] = rows;
    if (!row) throw new Error("There is no such push.");
    return row;
  });

describe("a push whose destination asks for patience", () => {
  const throttle = (times: number | null, seconds = 1) =>
    arm({
      match: { path: "*/import" },
      ...{ times, status: 429, headers: { "retry-after": String(seconds) }, body: {} },
    });

  it("right after it did not answer, counts that neither as one more failure nor against a record", async () => {
    const connector = await connect(actor, team, "defender");
    const values = someValues(1);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: "*/import" }, times: 3, status: 503, body: "" });
    await throttle(2);

    expect(await deliverPush(pushId, { signal })).toBe("done");

    expect((await remote.writes()).map(({ status }) => status)).toEqual([503, 503, 503, 429, 429, 200]);
    await expectTruth(remote, connector, values);
  });

  it("again and again, is given back and asked less often, says so, and is in no outage", async () => {
    const connector = await connect(actor, team, "defender");
    await vouch(team, someValues(1), { name: "List" });
    const pushId = await apply(actor, connector);
    await throttle(null);

    expect(await deliverPush(pushId, { signal })).toBe("waiting");

    expect(await remote.writes()).toHaveLength(4);
    expect((await waitOf(pushId)).seconds).toBeGreaterThan(25);
    expect(await getPush(actor, pushId)).toMatchObject({
      ...{ state: "running", waitingSince: expect.any(Date) as unknown },
      message: expect.stringMatching(/asked us to wait 1 s\. .*asked less often/) as unknown,
    });
    expect(await waitOf(pushId)).toMatchObject({ failures: 0 });
    await remote.control("DELETE", "faults");
    await minutePasses(remote);
    expect(await deliverPush(pushId, { signal })).toBe("done");
    expect(await getPush(actor, pushId)).toMatchObject({ waitingSince: null, message: null });
  });

  describe("of an hour", () => {
    const AN_HOUR = 3_600;
    let connector: ConnectorView;
    let pushId: string;
    beforeEach(async () => {
      connector = await connect(actor, team, "defender");
      await vouch(team, someValues(2), { name: "List" });
      pushId = await apply(actor, connector);
      await throttle(1, AN_HOUR);
      const outcome = await deliverPush(pushId, { signal });
      if (outcome !== "waiting") throw new Error(`It does not wait: ${outcome}.`);
    });
    it("is stopped before anything leaves where its policy was changed meanwhile", async () => {
      await updateConnector(actor, connector, connectorPatchSchema.parse({ severity: "High" }));
      expect(await waitOf(pushId)).toMatchObject({ seconds: null });

      expect(await deliverPush(pushId, { signal })).toBe("stopped");

      expect(await remote.writes()).toHaveLength(1);
      expect((await getPush(actor, pushId)).message).toMatch(/policy .* changed/);
    });

    it("goes on waiting as long as it was asked to when a person has it tried, and says until when", async () => {
      await resumePush({ pushId, teamId: team.id, doer: asDoer(actor) });

      expect(await deliverPush(pushId, { signal })).toBe("waiting");

      expect(await remote.writes()).toHaveLength(1);
      expect((await waitOf(pushId)).seconds).toBeGreaterThan(AN_HOUR - 60);
      expect((await getPush(actor, pushId)).message).toMatch(
        /^Microsoft asked us to wait; sending goes on at \d\d:\d\d UTC\.$/,
      );
    });

    it("gives its place to a newer plan", async () => {
      await vouch(team, someValues(1), { name: "Another list" });

      const newer = await apply(actor, connector);

      expect(await getPush(actor, pushId)).toMatchObject({
        ...{ state: "stopped", message: expect.stringContaining("newer plan") as unknown },
      });
      expect(await deliverPush(newer, { signal })).toBe("waiting");
      expect(await remote.writes()).toHaveLength(1);
    });

    it("is not woken by the answer to another's push, which was in an outage", async () => {
      const other = await connect(actor, team, "defender", { app: "TPI_TeamB" });
      await arm({ match: { path: "*/import" }, times: 1, status: 503, body: "" });
      expect(await deliverToTheEnd(await apply(actor, other))).toBe("done");

      expect((await waitOf(pushId)).seconds).toBeGreaterThan(AN_HOUR - 60);
    });

    it("has not gone on since its first failure after it, however long that wait was", async () => {
      await database.asOwner(async (client) => {
        await client.query("UPDATE push SET waiting_since = waiting_since - interval '1 hour'");
        await client.query("UPDATE connector SET reconciled_at = now() - interval '30 minutes'");
      });
      await letTimePass();
      await arm({ match: { path: "*/import" }, times: 4, status: 503, body: "" });

      expect(await deliverPush(pushId, { signal })).toBe("waiting");

      const { waitingSince, leftovers, message } = await getPush(actor, pushId);
      expect(waitingSince?.getTime()).toBeGreaterThan(Date.now() - 60_000);
      expect(leftovers).toBeNull();
      expect(message).toContain("nobody has to do anything");
      expect(await waitOf(pushId)).toMatchObject({ failures: 4 });
    });
  });
});
