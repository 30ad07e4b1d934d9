import { beforeEach, describe, expect, it } from "vitest";

import type { Destination } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import { outgoing, withdrawn } from "@/lib/connectors/testing/records";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import {
  apply,
  connect,
  deliverToTheEnd,
  plan,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { askPrevalence } from "@/lib/services/planning/ask-prevalence";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { lookBeforePlanning } from "./look-around";
import { reconcileConnector } from "./reconcile-connector";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** Remembers what is opened, to try afterwards what it lets out. */
const listener = () => {
  const opened: Destination[] = [];
  const open: OpenDestination = (settings) => {
    const destination = openDestination(settings);
    opened.push(destination);
    return destination;
  };
  return { opened, open };
};

type Look = (connector: ConnectorView, open: OpenDestination) => Promise<unknown>;
const LOOKS: Readonly<Record<string, Look>> = {
  "reading back": ({ id }, open) => confirmConnector(id, { signal, open }),
  comparing: ({ id }, open) => reconcileConnector(id, { signal, open }),
};
const DEFENDER_LOOKS: Readonly<Record<string, Look>> = {
  ...LOOKS,
  "looking around before planning": ({ id, teamId }, open) => lookBeforePlanning(id, teamId, open),
  "asking for the prevalence": ({ id }, open) => askPrevalence(id, { signal, open }),
};

/** Looks, and tries to write by whatever was opened for it; gives how much that was, and what every write said. */
const tryToWrite = async (
  connector: ConnectorView,
  look: Look,
): Promise<{ opened: number; answers: string[]; written: number }> => {
  const { opened, open } = listener();
  const before = (await remote.writes()).length;
  await look(connector, open);

  const answers: string[] = [];
  const record = outgoing(1);
  for (const destination of opened)
    for (const write of [
      destination.push([record], signal),
      destination.withdraw([withdrawn(record, "1")], signal),
    ])
      answers.push(
        await write.then(
          () => "It was written.",
          (error: unknown) => String(error),
        ),
      );
  return { opened: opened.length, answers, written: (await remote.writes()).length - before };
};

const READS_ONLY = {
  opened: 1,
  answers: [expect.stringContaining("Dry run"), expect.stringContaining("Dry run")] as string[],
  written: 0,
};

describe.each(Object.entries(DEFENDER_LOOKS))("%s at Defender", (_name, look) => {
  it("holds nothing that could change anything there", async () => {
    await vouch(team, someValues(2), { name: "Feed" });
    const connector = await connect(actor, team, "defender", { action: "Block" });
    await deliverToTheEnd(await apply(actor, connector));
    await vouch(team, someValues(1), { name: "Another feed" });
    await plan(actor, connector);
    await database.asOwner((client) => client.query("UPDATE connector SET looked_at = NULL"));

    expect(await tryToWrite(connector, look)).toEqual(READS_ONLY);
  });
});

describe.each(Object.entries(LOOKS))("%s at Sentinel", (_name, look) => {
  it("holds nothing that could change anything there", async () => {
    await vouch(team, someValues(2), { name: "Feed" });
    const connector = await connect(actor, team, "sentinel");
    await deliverToTheEnd(await apply(actor, connector));

    expect(await tryToWrite(connector, look)).toEqual(READS_ONLY);
  });
});
