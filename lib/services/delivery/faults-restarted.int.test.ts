import { Client } from "pg";
import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { getPush } from "./get-push";
import {
  apply,
  connect,
  deliverMeanwhile,
  forgetDestinations,
  someValues,
  unvouch,
  vouch,
} from "./testing/desk";
import { endure, expectTruth, letTimePass, readUnderWay } from "./testing/hardship";
import { ENDINGS, useOwnServer } from "./testing/own-server";
import { lookAt } from "./testing/remote";

const server = useOwnServer();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await remote.reset();
  const client = new Client({ connectionString: server.ownerUrl() });
  await client.connect();
  await forgetDestinations(client);
  await client.end();
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

describe.each(["defender", "sentinel"] as const)("a push to %s", (kind) => {
  it.each(ENDINGS)(
    "is ended by whoever comes next when the database's server was %s under it",
    async (ending) => {
      const connector = await connect(actor, team, kind);
      const [gone, values] = [someValues(2), someValues(4)];
      await vouch(team, gone, { name: "Before" });
      expect(await endure(actor, connector, await apply(actor, connector))).toBe("done");
      await unvouch(team, gone);
      await vouch(team, values, { name: "Now" });
      const pushId = await apply(actor, connector);

      // The destination has carried out what it was sent, and its answer finds another server.
      await deliverMeanwhile(pushId, () => server.restart(ending)).catch(() => undefined);
      const underWay = await readUnderWay(pushId);
      await letTimePass();

      expect(await endure(actor, connector, pushId)).toBe("done");
      expect(await getPush(actor, pushId)).toMatchObject({
        state: "done",
        counts: { planned: 6, accepted: 4, removed: 2, failed: 0 },
      });
      await expectTruth(remote, connector, values, { gone, underWay });
    },
  );
});
