import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema, connectorTestSchema } from "@/lib/domain/connector/connector-input";
import { connectorStateOf } from "@/lib/domain/connector/connector-state";
import { listAudit } from "@/lib/services/audit/list-audit";
import {
  clientIdOf,
  connect,
  CONTOSO,
  CONTOSO_SOC,
  push,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import type { ConnectorView } from "./connector-view";
import { getConnector } from "./get-connector";
import { listConnectors } from "./list-connectors";
import { testConnection, testConnector } from "./test-connection";
import { tryNewSecret } from "./test-new-secret";
import { updateConnector } from "./update-connector";

const { remote } = useDestinations();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const tryWith = (connector: ConnectorView, patch: Record<string, unknown>) =>
  tryNewSecret(actor, connector, connectorPatchSchema.parse(patch));

describe.each(["defender", "sentinel"] as const)(
  "a secret to be entered over that of a %s connector",
  (kind) => {
    it("is tried where the connector leads, and what is stored goes on whatever comes of it", async () => {
      const connector = await connect(actor, team, kind);

      await tryWith(connector, { clientSecret: "sandbox~secret~of~TPI_TeamA" });
      await expect(tryWith(connector, { clientSecret: "mistyped" })).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringContaining(
          "Nothing was saved: with this secret the check “Token” failed.",
        ) as string,
        fields: [{ pointer: "/clientSecret" }],
      });

      expect(await testConnector(actor, connector)).toMatchObject({ ok: true });
      expect((await getConnector(actor, connector.id)).credential?.refusedAt).toBeNull();
      expect(await remote.defender()).toEqual([]);
    });
  },
);

it("a new secret is tried with the application and the workspace that are changed with it", async () => {
  const defender = await connect(actor, team, "defender");
  const other = { clientSecret: "sandbox~secret~of~TPI_TeamB" };

  await expect(tryWith(defender, other)).rejects.toMatchObject(REFUSED);
  await tryWith(defender, { ...other, clientId: clientIdOf("TPI_TeamB") });

  const sentinel = await connect(actor, team, "sentinel", { isReadable: false });
  const own = { clientSecret: "sandbox~secret~of~TPI_TeamA" };
  await tryWith(sentinel, { ...own, workspaceId: CONTOSO_SOC });
  const elsewhere = "99999999-0a0a-4b0b-8c0c-000000000001";
  await expect(tryWith(sentinel, { ...own, workspaceId: elsewhere })).rejects.toMatchObject(REFUSED);
});

it("a certificate is tried as a secret is, and the refusal is told where it was given", async () => {
  const defender = await connect(actor, team, "defender");
  const { certificatePem, privateKeyPem } = certificateSchema.parse(
    await remote.control("POST", `applications/${clientIdOf("TPI_TeamB")}/certificates`),
  );

  await expect(tryWith(defender, { certificate: `${certificatePem}${privateKeyPem}` })).rejects.toMatchObject(
    {
      message: expect.stringContaining("with this certificate the check “Token” failed.") as string,
      fields: [{ pointer: "/certificate" }],
    },
  );
});

it("a change without any of it is not tried", async () => {
  const defender = await connect(actor, team, "defender", { clientSecret: "mistyped" });
  await expect(tryWith(defender, { name: "Renamed" })).resolves.toBeNull();
});

describe("a connector whose secret died", () => {
  const RIGHT = "sandbox~secret~of~TPI_TeamA";
  let connector: ConnectorView;
  beforeEach(async () => {
    connector = await connect(actor, team, "defender", { clientSecret: "dead" });
    const { ok } = await testConnector(actor, connector);
    if (ok) throw new Error("It is not dead.");
  });
  const state = async () => {
    const { connectors } = await listConnectors(actor, { teamIds: [team.id], limit: 1, after: null });
    const { attention } = await getTeamOverview(actor, { ...team, role: "owner" }, new Date());
    return [
      connectors[0] && connectorStateOf(connectors[0]).state,
      attention.some(({ kind }) => kind === "failed-test"),
    ];
  };
  const change = async (given: Record<string, unknown>, isTried: boolean) => {
    const patch = connectorPatchSchema.parse(given);
    const tried = isTried ? await tryNewSecret(actor, connector, patch) : null;
    return updateConnector(actor, connector, patch, tried);
  };

  it("works by the test that the new one passed, which it keeps", async () => {
    expect(await state()).toEqual(["failing", true]);

    const { lastTest } = await change({ clientSecret: RIGHT }, true);

    expect(lastTest).toMatchObject({ ok: true, at: expect.any(Date) as unknown });
    expect(lastTest?.checks.map(({ name }) => name)).toEqual(["Token", "Permission", "Read", "Write"]);
    expect(await state()).toEqual(["ready", false]);
  });

  it("is not tested once a new one was saved untried", async () => {
    expect(await change({ clientSecret: RIGHT }, false)).toMatchObject({ lastTest: null });
    expect(await state()).toEqual(["untested", false]);
  });

  it("is not tested by what was pushed with the one before a new one that was saved untried", async () => {
    await change({ clientSecret: RIGHT }, true);
    await vouch(team, someValues(1), { name: "List" });
    await push(actor, connector);
    expect(await state()).toEqual(["ready", false]);

    await change({ clientSecret: "mistyped" }, false);

    expect(await state()).toEqual(["untested", false]);
  });

  it("goes on failing by what else is changed", async () => {
    await change({ severity: "High" }, true);
    expect(await state()).toEqual(["failing", true]);
  });

  it("has what was tried over it in the activity, whatever came of it", async () => {
    await expect(change({ clientSecret: "mistyped" }, true)).rejects.toMatchObject(REFUSED);
    await change({ clientSecret: RIGHT }, true);

    const asked = { teamId: team.id, subjectId: connector.id, action: "connector.try", limit: 10 };
    const { entries } = await listAudit(actor, asked);
    expect(entries.map(({ detail }) => detail)).toMatchObject([{ ok: true }, { ok: false }]);
  });
});

const address = {
  ...{ kind: "defender", cloud: "sandbox", tenantId: CONTOSO },
  clientId: clientIdOf("TPI_TeamA"),
};
const formTries = () => listAudit(actor, { teamId: team.id, action: "connector.try", limit: 10 });

it("what a form tries before there is a connector is in the activity, with what failed first and without the secret", async () => {
  const input = connectorTestSchema.parse({ team: team.slug, ...address, clientSecret: "mistyped" });
  await testConnection(actor, { teamId: team.id, connectorId: null }, input);

  const { entries } = await formTries();
  const { kind, tenantId, clientId } = address;
  expect(entries).toMatchObject([
    {
      ...{ actorId: actor.userId, subjectType: "team", subjectId: team.id },
      detail: { ok: false, failed: ["Token"], kind, tenantId, clientId },
    },
  ]);
  expect(JSON.stringify(entries)).not.toContain("mistyped");
});

it("what a form tries is in the activity also where the caller hangs up before the end", async () => {
  const input = connectorTestSchema.parse({ team: team.slug, ...address, clientSecret: "mistyped" });
  const trying = { teamId: team.id, connectorId: null };

  await expect(testConnection(actor, trying, input, AbortSignal.abort())).rejects.toThrow(/abort/);

  const { kind, tenantId, clientId } = address;
  const { entries } = await formTries();
  expect(entries.map(({ detail }) => detail)).toEqual([
    { ok: false, failed: [], cutShort: true, kind, tenantId, clientId },
  ]);
});

const REFUSED = { code: "invalid_input", fields: [{ pointer: "/clientSecret" }] };
const certificateSchema = z.object({ certificatePem: z.string(), privateKeyPem: z.string() });
