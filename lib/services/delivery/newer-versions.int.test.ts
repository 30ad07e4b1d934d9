import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { stixId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { listReceipts } from "./list-receipts";
import { apply, connect, deliverToTheEnd, someValues, unvouch, vouch, type Vouched } from "./testing/desk";
import { workspaceDesk } from "./testing/workspace";

const { database, remote, sandbox } = useDestinations();
const workspace = workspaceDesk(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let sentinel: ConnectorView;
let values: Vouched[];
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  sentinel = await connect(actor, team, "sentinel");
  values = someValues(2);
  await vouch(team, values, { name: "Feed", comment: "As before" });
});
afterEach(() => {
  vi.useRealTimers();
});

const say = (comment: string) =>
  database.asOwner((client) =>
    client.query("UPDATE attribution SET comment = $2 WHERE team_id = $1", [team.id, comment]),
  );
/** A push by a worker whose clock is so many minutes off; the sandbox, of the same process here, keeps the right time. */
const pushWithClockOff = async (minutes: number): Promise<void> => {
  const pushId = await apply(actor, sentinel);
  await remote.control("PUT", "clock", { offsetMs: -minutes * 60_000 });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * 60_000 });
  expect(await deliverToTheEnd(pushId)).toBe("done");
  vi.useRealTimers();
  await remote.control("PUT", "clock", { offsetMs: 0 });
};
const descriptions = async () => (await remote.sentinel()).map(({ description }) => description ?? "");

describe.each(["ignore", "error"])(
  "at a Sentinel to which what is not newer is: %s",
  (sentinelOlderModified) => {
    beforeEach(() => remote.control("PUT", "switches", { sentinelOlderModified }));

    it("what was never answered arrives once more, as a newer version", async () => {
      await pushWithClockOff(0);
      await say("Then this");
      const lost = { match: { path: "*:upload" }, times: 1, processed: true, reset: true };
      await remote.control("POST", "faults", lost);
      await pushWithClockOff(0);

      expect(await descriptions()).toEqual(values.map(() => expect.stringContaining("Then this") as unknown));
      const { receipts } = await listReceipts(sentinel, { limit: 10, after: null });
      expect(receipts.map(({ state }) => state)).toEqual(["accepted", "accepted"]);
    });

    it("a change by a worker ten minutes behind arrives, and one more after it", async () => {
      await pushWithClockOff(0);
      await say("Then this");
      await pushWithClockOff(-10);
      expect(await descriptions()).toEqual(values.map(() => expect.stringContaining("Then this") as unknown));

      await say("And at last that");
      await pushWithClockOff(-10);
      expect(await descriptions()).toEqual(
        values.map(() => expect.stringContaining("at last that") as unknown),
      );
    });

    it("what a worker ten minutes ahead sent holds at once, and is changed by one that is right", async () => {
      await pushWithClockOff(10);
      expect(await descriptions()).toHaveLength(2);
      await say("Then this");
      await pushWithClockOff(0);

      expect(await descriptions()).toEqual(values.map(() => expect.stringContaining("Then this") as unknown));
    });

    it("a withdrawal by a worker ten minutes behind ends what stands", async () => {
      await pushWithClockOff(0);
      await unvouch(team, values);
      await pushWithClockOff(-10);

      expect(await remote.sentinel()).toEqual([]);
    });

    it("a withdrawal ends at once what somebody there dated ahead, and is newer than that", async () => {
      await pushWithClockOff(0);
      await confirmConnector(sentinel.id, { signal });
      const modified = new Date(Date.now() + 10 * 60_000).toISOString();
      for (const { type, value } of values)
        await workspace.change(sentinel.sourceSystem, stixId(type, value, 0), { name: "Mine", modified });
      expect(await reconcileConnector(sentinel.id, { signal })).toMatchObject({ changed: 2 });
      await unvouch(team, values);
      await pushWithClockOff(0);

      expect(await remote.sentinel()).toEqual([]);
      expect(await confirmConnector(sentinel.id, { signal })).toMatchObject({ gone: 2, unconfirmed: 0 });
    });

    it("a change arrives that follows what an installation of before noted with a clock ahead of the database's", async () => {
      await pushWithClockOff(0);
      await database.asOwner((client) =>
        client.query("UPDATE remote_record SET modified_at = now() + interval '10 minutes'"),
      );
      await say("Then this");
      await pushWithClockOff(0);

      const { rows } = await database.asOwner((client) =>
        client.query<{ isLater: boolean }>(
          `SELECT modified_at > now() + interval '9 minutes' AS "isLater" FROM remote_record`,
        ),
      );
      expect(rows).toEqual(values.map(() => ({ isLater: true })));
    });
  },
);
