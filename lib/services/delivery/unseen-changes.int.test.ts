import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { getPush } from "./get-push";
import { apply, connect, deliverMeanwhile, plan, push, someValues, vouch } from "./testing/desk";

const { database, remote } = useDestinations();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** More words than a destination keeps, of feeds one after the other. */
const FEEDS = ["A", "B", "C", "D", "E"];
const words = (feed: string) => `${feed} says in an analyst's own words. `.repeat(8);

/** A connector with three values that stand at its destination. */
const stand = async (kind: ConnectorKind): Promise<ConnectorView> => {
  const connector = await connect(actor, team, kind, { selection: { maxTlp: "red" } });
  const values = someValues(3);
  for (const name of FEEDS) await vouch(team, values, { name, comment: words(name), tags: ["old"], tlp: 3 });
  expect(await push(actor, connector)).toMatchObject({ counts: { accepted: 3 } });
  await remote.control("DELETE", "journal");
  return connector;
};
/** The feed says something else of its values from now on. */
const say = (change: string) =>
  database.asOwner(async (client) => {
    await client.query(`UPDATE attribution SET ${change} WHERE team_id = $1`, [team.id]);
    if (change.startsWith("tlp"))
      await client.query(`UPDATE team_indicator SET ${change} WHERE team_id = $1`, [team.id]);
  });
/** As they were kept before they said what goes on the wire. */
const keepOldHashes = () =>
  database.asOwner((client) => client.query("UPDATE remote_record SET content_hash = sha256(content_hash)"));
const settle = async (connector: ConnectorView): Promise<number> => {
  expect(await push(actor, connector)).toMatchObject({ state: "done", counts: { failed: 0 } });
  expect((await plan(actor, connector)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 3 });
  return (await remote.writes()).length;
};

/** What a feed may say anew of what stands, and that neither destination, or this one, gets to see. */
const UNSEEN: readonly [ConnectorKind, string, string][] = [
  ["defender", "a tag", "tags = '{new}'"],
  ["defender", "the TLP", "tlp = 2"],
  ["defender", "words behind the cut", "comment = replace(comment, 'E says', 'E said')"],
  ["sentinel", "the TLP within one marking", "tlp = 4"],
  ["sentinel", "words behind the cut", "comment = replace(comment, 'E says', 'E said')"],
];
const SEEN: readonly [ConnectorKind, string, string][] = [
  ["defender", "a word", "comment = 'Short.'"],
  ["sentinel", "a tag", "tags = '{new}'"],
  ["sentinel", "the TLP", "tlp = 2"],
];

describe.each(["kept as today", "kept by the rules of before"] as const)(
  "what stands as it should, its hash %s",
  (how) => {
    it.each(UNSEEN)("is not sent to %s again for %s", async (kind, _what, change) => {
      const connector = await stand(kind);
      if (how !== "kept as today") await keepOldHashes();
      await say(change);

      expect((await plan(actor, connector)).counts).toMatchObject({ change: 3 });
      expect(await settle(connector)).toBe(0);
    });

    it.each(SEEN)("is sent to %s for %s that it gets to see", async (kind, _what, change) => {
      const connector = await stand(kind);
      if (how !== "kept as today") await keepOldHashes();
      await say(change);

      expect(await settle(connector)).toBe(1);
    });

    it("is not sent to Sentinel again for a severity, which it does not know", async () => {
      const connector = await stand("sentinel");
      if (how !== "kept as today") await keepOldHashes();
      await updateConnector(actor, connector, connectorPatchSchema.parse({ severity: "High" }));

      expect((await plan(actor, connector)).counts).toMatchObject({ change: 3 });
      expect(await settle(connector)).toBe(0);
    });
  },
);

it.each(["defender", "sentinel"] as const)(
  "what was sent to %s by the rules of before is not sent again after an upgrade",
  async (kind) => {
    const connector = await stand(kind);
    await keepOldHashes();

    expect((await plan(actor, connector)).counts).toMatchObject({ change: 0, keep: 3 });
    expect(await settle(connector)).toBe(0);
  },
);

it("what stood when it was looked at, and was found gone before that is written down, is sent after all", async () => {
  const connector = await stand("sentinel");
  const [seen] = someValues(1);
  if (!seen) throw new Error("There is no value.");
  await vouch(team, [seen], { name: "Another" });
  await push(actor, connector);
  const values = (await remote.sentinel()).length;
  await remote.control("DELETE", "journal");
  await say("comment = replace(comment, 'E says', 'E said')");
  await database.asOwner((client) =>
    client.query(
      "UPDATE attribution SET tags = '{new}' WHERE team_id = $1 AND indicator_id = (SELECT id FROM indicator WHERE key = $2)",
      [team.id, indicatorId(seen.type, seen.value)],
    ),
  );
  const id = await apply(actor, connector);

  // As a comparison does that began before and ends now.
  await deliverMeanwhile(id, () =>
    database.asOwner(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `UPDATE remote_record SET state = 'gone', content_hash = NULL, gone_at = now() WHERE id = (
           SELECT r.id FROM remote_record r JOIN push_item i ON i.indicator_id = r.indicator_id AND i.push_id = $1
           WHERE i.state = 'pending' AND r.state = 'live' ORDER BY r.id LIMIT 1) RETURNING id`,
        [id],
      );
      expect(rows).toHaveLength(1);
      await client.query("DELETE FROM claim WHERE record_id = $1", [rows[0]?.id]);
    }),
  );

  expect(await getPush(actor, id)).toMatchObject({ state: "done", counts: { accepted: values, failed: 0 } });
  expect(await remote.writes()).toHaveLength(2);
  const fallen = await database.asOwner((client) =>
    client.query(
      "SELECT FROM receipt WHERE connector_id = $1 AND indicator_id NOT IN (SELECT indicator_id FROM claim WHERE connector_id = $1)",
      [connector.id],
    ),
  );
  expect(fallen.rowCount).toBe(0);
  expect((await plan(actor, connector)).counts).toMatchObject({ add: 0, change: 0, keep: values });
});
