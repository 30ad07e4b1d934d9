import { expect, it } from "vitest";

import type { Tlp } from "@/lib/domain/indicator/types";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { connect, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { refreshRecords } from "./refresh-records";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const [value] = someValues(1);

/** A team whose own source says something of the one value, and its connector, which sends it. */
const claim = async (maxTlp: Tlp, { tlp, name }: { tlp: number; name: string }): Promise<ConnectorView> => {
  if (!value) throw new Error("There is no value.");
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  await vouch(team, [value], { name, tlp, visibility: "everyone", comment: `What ${name} says.` });
  const connector = await connect(actor, team, "sentinel", { selection: { maxTlp } });
  await push(actor, connector);
  return connector;
};
const refresh = async ({ id }: ConnectorView) => {
  await database.asOwner((client) => client.query("UPDATE remote_record SET unpublished_since = now()"));
  return refreshRecords(id, { signal });
};
const shown = async () => {
  const [record] = await remote.sentinel();
  return { description: record?.description ?? "", labels: record?.labels ?? [] };
};

it("what somebody else wrote under a higher ceiling is sent again with no more in it than the own ceiling lets out", async () => {
  const green = await claim("green", { tlp: 2, name: "Green" });
  await claim("amber", { tlp: 3, name: "Amber" });
  expect((await shown()).description).toContain("What Amber says.");

  expect(await refresh(green)).toEqual({ sent: 1, refused: 0 });

  const { description, labels } = await shown();
  expect(description).toContain("What Green says.");
  expect(`${description} ${labels.join(" ")}`).not.toContain("Amber");
  expect(await refresh(green)).toMatchObject({ sent: 1 });
});

it("what somebody else wrote under a lower ceiling is sent again as it stands, and says no more than before", async () => {
  const amber = await claim("amber", { tlp: 3, name: "Amber" });
  await claim("green", { tlp: 2, name: "Green" });
  const before = await shown();
  expect(before.description).not.toContain("What Amber says.");

  expect(await refresh(amber)).toEqual({ sent: 1, refused: 0 });

  expect(await shown()).toEqual(before);
});
