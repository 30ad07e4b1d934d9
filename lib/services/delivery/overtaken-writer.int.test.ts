import { expect, it } from "vitest";

import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { untilSomebodyWaits } from "@/lib/testing/until-somebody-waits";

import { apply, connect, deliverToTheEnd, someValues, vouch } from "./testing/desk";
import { expectTruth } from "./testing/hardship";

const { database, remote } = useDestinations();

it("a push whose worker was overtaken as it wrote new records goes on with these", async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const connector = await connect(actor, team, "defender");
  const values = someValues(3);
  await vouch(team, values, { name: "Feed" });
  const pushId = await apply(actor, connector);

  await database.asOwner(async (overtaken) => {
    await overtaken.query("BEGIN");
    await overtaken.query(
      `INSERT INTO remote_record (id, destination_id, indicator_id, scope, first_sent_at)
       SELECT gen_random_uuid(), c.destination_id, i.indicator_id, '', now()
       FROM push p JOIN connector c ON c.id = p.connector_id JOIN push_item i ON i.push_id = p.id WHERE p.id = $1`,
      [pushId],
    );
    const delivering = deliverToTheEnd(pushId);
    await untilSomebodyWaits(database);
    await overtaken.query("COMMIT");
    expect(await delivering).toBe("done");
  });

  await expectTruth(remote, connector, values);
});
