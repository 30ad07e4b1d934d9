import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { clientIdOf, connect, CONTOSO_SOC } from "@/lib/services/delivery/testing/desk";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import type { ConnectorView } from "./connector-view";
import { getConnector } from "./get-connector";
import { testConnector } from "./test-connection";
import { testNewSecret } from "./test-new-secret";

const { remote } = useDestinations();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const tryWith = (connector: ConnectorView, patch: Record<string, unknown>) =>
  testNewSecret(actor, connector, connectorPatchSchema.parse(patch));
const failedOf = ({ checks }: { checks: { name: string; ok: boolean }[] }) =>
  checks.filter(({ ok }) => !ok).map(({ name }) => name);

describe.each(["defender", "sentinel"] as const)(
  "a secret to be entered over that of a %s connector",
  (kind) => {
    it("is tried where the connector leads, and what is stored goes on whatever comes of it", async () => {
      const connector = await connect(actor, team, kind);

      expect(await tryWith(connector, { clientSecret: "sandbox~secret~of~TPI_TeamA" })).toMatchObject({
        ok: true,
      });
      const mistyped = await tryWith(connector, { clientSecret: "mistyped" });

      expect(mistyped.ok).toBe(false);
      expect(failedOf(mistyped).length).toBeGreaterThan(0);
      expect(await testConnector(actor, connector)).toMatchObject({ ok: true });
      expect((await getConnector(actor, connector.id)).credential?.refusedAt).toBeNull();
      expect(await remote.defender()).toEqual([]);
    });
  },
);

it("a new secret is tried with the application and the workspace that are changed with it", async () => {
  const defender = await connect(actor, team, "defender");
  const other = { clientSecret: "sandbox~secret~of~TPI_TeamB" };

  expect(await tryWith(defender, other)).toMatchObject({ ok: false });
  expect(await tryWith(defender, { ...other, clientId: clientIdOf("TPI_TeamB") })).toMatchObject({
    ok: true,
  });

  const sentinel = await connect(actor, team, "sentinel", { isReadable: false });
  const own = { clientSecret: "sandbox~secret~of~TPI_TeamA" };
  expect(await tryWith(sentinel, { ...own, workspaceId: CONTOSO_SOC })).toMatchObject({ ok: true });
  const elsewhere = "99999999-0a0a-4b0b-8c0c-000000000001";
  expect(await tryWith(sentinel, { ...own, workspaceId: elsewhere })).toMatchObject({ ok: false });
});
