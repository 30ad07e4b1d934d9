import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { deliverPush } from "./deliver-push";
import { listReceipts } from "./list-receipts";
import {
  connect,
  forgetDestinations,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type ApplicationName,
} from "./testing/desk";

const { database, remote } = useDestinations();
const { signal } = new AbortController();

const VALUES = someValues(2);
type Side = { team: TestTeam; actor: Actor };

const makeSide = async (): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  await vouch(team, VALUES, { name: "Feed" });
  return { team, actor };
};
const standAt = async ({ actor, team }: Side, app: ApplicationName): Promise<ConnectorView> => {
  const connector = await connect(actor, team, "defender", { app });
  await push(actor, connector);
  return connector;
};
/** What was written since the last look. */
const writesSince = async (count: number) => (await remote.writes()).slice(count).map(({ path }) => path);

let side: Side;
let first: ConnectorView;
let second: ConnectorView;
beforeEach(async () => {
  side = await makeSide();
  first = await standAt(side, "TPI_TeamA");
  second = await standAt(side, "TPI_TeamB");
});

describe("what a team does not want any more", () => {
  it("is not handed over to another of its connectors that has only not planned yet", async () => {
    const before = (await remote.writes()).length;
    await unvouch(side.team, VALUES);

    expect(await push(side.actor, first)).toMatchObject({ state: "done", counts: { removed: 2 } });

    expect(await remote.defender()).toEqual([]);
    expect(await writesSince(before)).toEqual([expect.stringMatching(/BatchDelete$/)]);
  });

  it("is gone for the other connector as well, which has nothing left to remove", async () => {
    await unvouch(side.team, VALUES);
    await push(side.actor, first);

    for (const connector of [second, first]) {
      await confirmConnector(connector.id, { signal });
      const { receipts } = await listReceipts(connector, { limit: 10, after: null });
      expect(receipts.map(({ state }) => state)).toEqual(["gone", "gone"]);
    }
    expect(await plan(side.actor, second)).toMatchObject({ counts: { remove: 0, add: 0, keep: 0 } });
  });

  it("comes back to both when it is wanted again before the other planned", async () => {
    await unvouch(side.team, VALUES);
    await push(side.actor, first);
    await vouch(side.team, VALUES, { name: "Once more" });

    expect(await push(side.actor, second)).toMatchObject({ counts: { accepted: 2 } });

    expect(await remote.defender()).toHaveLength(2);
  });

  it("stays where another team still wants it, made anew by that one's application", async () => {
    await database.asOwner((client) => forgetDestinations(client));
    await remote.reset();
    const mine = await standAt(side, "TPI_TeamA");
    const other = await makeSide();
    await standAt(other, "TPI_TeamB");
    await unvouch(side.team, VALUES);

    await push(side.actor, mine);

    const titles = (await remote.defender()).map(({ title }) => title);
    expect(titles).toHaveLength(2);
    for (const title of titles) expect(title).toContain(other.team.name);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      "a person withdrew",
      () =>
        database.asOwner((client) =>
          client.query(
            `INSERT INTO tombstone (id, team_id, indicator_id, reason, created_by)
             SELECT gen_random_uuid(), $1, id, 'Wrong.', $2 FROM indicator WHERE value = ANY ($3)`,
            [side.team.id, side.actor.userId, VALUES.map(({ value }) => value)],
          ),
        ),
    ],
    [
      "time ended",
      () =>
        database.asOwner((client) =>
          client.query(
            "UPDATE team_indicator SET valid_until = now() - interval '1 hour' WHERE team_id = $1",
            [side.team.id],
          ),
        ),
    ],
  ])("is not written again where %s it", async (_name, end) => {
    await end();
    const before = (await remote.writes()).length;

    await push(side.actor, first);

    expect(await remote.defender()).toEqual([]);
    expect(await writesSince(before)).toEqual([expect.stringMatching(/BatchDelete$/)]);
  });

  it("is not written again where it was recalled", async () => {
    const [wrong] = VALUES;
    const target = readTarget("value", wrong?.value ?? "");
    const { id } = await createRecall(side.actor, side.team.id, { target, reason: "Ours.", until: null });
    const before = (await remote.writes()).length;
    await carryOutRecall(id, { signal });
    const pushes = await database.asOwner((client) =>
      client.query<{ id: string }>(
        "SELECT id FROM push WHERE state = 'queued' AND urgent ORDER BY queued_at",
      ),
    );
    for (const one of pushes.rows) await deliverPush(one.id, { signal });

    expect(await remote.defender()).toHaveLength(1);
    expect(await writesSince(before)).not.toContainEqual(expect.stringMatching(/import$|indicators$/));
  });
});
