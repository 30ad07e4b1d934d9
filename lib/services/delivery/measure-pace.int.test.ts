import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { getPush } from "./get-push";
import { stopConnector } from "./switch-sending";
import { apply, connect, someValues, vouch } from "./testing/desk";

const { database } = useDestinations();

let team: TestTeam;
let actor: Actor;
let pushId: string;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  const connector = await connect(actor, team, "defender");
  await vouch(team, someValues(1_000), { name: "Feed" });
  pushId = await apply(actor, connector);
});

/** Left out, they were sent a second before they were answered. */
type Answered = { count: number; secondsAgo: number; sentSecondsAgo?: number };

/** Has the push run for so long, and so many of it answered so long ago. */
const run = (seconds: number, answers: readonly Answered[], more = "") =>
  database.asOwner(async (client) => {
    await client.query(
      `UPDATE push SET state = 'running', started_at = now() - $2 * interval '1 second'${more} WHERE id = $1`,
      [pushId, seconds],
    );
    for (const { count, secondsAgo, sentSecondsAgo = secondsAgo + 1 } of answers)
      await client.query(
        `WITH answered AS (
           UPDATE push_item SET state = 'accepted', sent_at = now() - $4::float8 * interval '1 second',
             finished_at = now() - $3::float8 * interval '1 second'
           WHERE push_id = $1 AND indicator_id IN (
             SELECT indicator_id FROM push_item WHERE push_id = $1 AND finished_at IS NULL LIMIT $2) RETURNING 1)
         UPDATE push SET accepted = accepted + (SELECT count(*) FROM answered) WHERE id = $1`,
        [pushId, count, secondsAgo, sentSecondsAgo],
      );
  });
const paceNow = async () => (await getPush(actor, pushId)).pace;

describe("the pace of a push under way", () => {
  it("is of what was answered lately, not of what it waited before that", async () => {
    await run(7_200, [
      { count: 100, secondsAgo: 7_000 },
      { count: 300, secondsAgo: 90 },
      { count: 300, secondsAgo: 10 },
    ]);

    const pace = await paceNow();

    // 600 in some 90 seconds, told every five; 300 are left.
    expect(pace?.aMinute).toBeGreaterThanOrEqual(390);
    expect(pace?.aMinute).toBeLessThanOrEqual(420);
    expect(pace?.secondsLeft).toBeGreaterThanOrEqual(42);
    expect(pace?.secondsLeft).toBeLessThanOrEqual(46);
  });

  it.each([
    ["has only begun", 20, [{ count: 500, secondsAgo: 15 }], ""],
    ["had no answer for long", 7_200, [{ count: 500, secondsAgo: 600 }], ""],
    ["goes on after an outage", 7_200, [{ count: 500, secondsAgo: 10, sentSecondsAgo: 3_600 }], ""],
    ["waits for its destination", 600, [{ count: 500, secondsAgo: 60 }], ", waiting_since = now()"],
  ])("is not told of one that %s", async (_, seconds, answers, more) => {
    await run(seconds, answers, more);
    expect(await paceNow()).toBeNull();
  });

  it("is not told while nothing may leave", async () => {
    await run(600, [{ count: 500, secondsAgo: 60 }]);
    expect(await paceNow()).not.toBeNull();
    const { connectorId } = await getPush(actor, pushId);
    await stopConnector(actor, { id: connectorId, teamId: team.id }, "Something is wrong.");
    expect(await paceNow()).toBeNull();
  });
});
