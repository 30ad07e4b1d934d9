import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { connect, forgetDestinations, plan, push, someValues, vouch } from "./testing/desk";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
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
