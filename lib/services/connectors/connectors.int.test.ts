import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { connectorCreateSchema } from "@/lib/domain/connector/connector-input";
import { connectorStateOf } from "@/lib/domain/connector/connector-state";
import { DEFAULT_AUTOMATIC_LIMITS, planLimitsSchema } from "@/lib/domain/delivery/plan-limits";
import { AppError } from "@/lib/domain/errors";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import {
  clientIdOf,
  connect,
  CONTOSO,
  push,
  someValues,
  unvouch,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { createConnector } from "./create-connector";
import { deleteConnector } from "./delete-connector";
import { getConnector } from "./get-connector";
import { listConnectors } from "./list-connectors";
import { listSandboxPresets } from "./sandbox-presets";
import { stageCredential } from "./stage-credential";
import { testConnection, testConnector } from "./test-connection";
import { testSuccessor } from "./test-successor";
import { updateConnector } from "./update-connector";

const database = useTestDatabase();
useSandbox(startSandbox);

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const { signal } = new AbortController();
const CANARY = "sandbox~secret~of~TPI_TeamA";
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : error);
const refusal = (attempt: Promise<unknown>) => attempt.then(() => "done", codeOf);

describe("a connector", () => {
  it("keeps its secret sealed: no answer, audit entry or column holds it in the clear", async () => {
    const made = await connect(actor, team, "sentinel");
    const answers = [
      made,
      await getConnector(actor, made.id),
      await listConnectors(actor, { teamIds: [team.id], limit: 10, after: null }),
      await updateConnector(actor, made, { clientSecret: CANARY }),
      await testConnector(actor, made),
    ];
    expect(JSON.stringify(answers)).not.toContain(CANARY);
    const stored = await database.asOwner(async (client) => {
      const rows: unknown[] = [];
      for (const table of ["connector", "credential", "destination", "audit_entry", "outbox"])
        rows.push(
          (await client.query<{ row: unknown }>(`SELECT row_to_json(t) AS row FROM ${table} t`)).rows,
        );
      return JSON.stringify(rows);
    });
    expect(stored).not.toContain(CANARY);
    expect(stored).toContain("v1.");
  });

  it("forgets the old secret when it gets a new one", async () => {
    const made = await connect(actor, team, "defender");
    await updateConnector(actor, made, { clientSecret: "another" });
    const { rows } = await database.asOwner((client) =>
      client.query<{ state: string; isEmpty: boolean }>(
        `SELECT state::text, sealed = '' AS "isEmpty" FROM credential WHERE connector_id = $1 ORDER BY state`,
        [made.id],
      ),
    );
    expect(rows).toEqual([
      { state: "active", isEmpty: false },
      { state: "retired", isEmpty: true },
    ]);
  });

  it("of another team is not found", async () => {
    const made = await connect(actor, team, "defender");
    const stranger = await makeActor([[await makeTeam(), "owner"]]);
    expect(await refusal(getConnector(stranger, made.id))).toBe("not_found");
  });

  it("keeps its address and its life while indicators stand under it", async () => {
    const made = await connect(actor, team, "defender");
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    await push(actor, made);
    expect(await refusal(deleteConnector(actor, made))).toBe("conflict");
    expect(await refusal(updateConnector(actor, made, { clientId: randomUUID() }))).toBe("conflict");
    expect(await refusal(updateConnector(actor, made, { name: "Renamed", tenantId: CONTOSO }))).toBe("done");

    await unvouch(team, values);
    await push(actor, made);
    await confirmConnector(made.id, { signal });
    expect(await refusal(deleteConnector(actor, made))).toBe("done");
    expect(await refusal(getConnector(actor, made.id))).toBe("not_found");
  });

  it("is not changed by who saw it otherwise: nobody's change is lost, and they hear whose it was", async () => {
    const seen = await connect(actor, team, "defender");
    const other = await makeActor([[team, "owner"]]);
    const { version } = await updateConnector(other, seen, { severity: "High" });
    expect(version).not.toBe(seen.version);

    await expect(
      updateConnector(actor, seen, { name: "Mine", severity: "Low", version: seen.version }),
    ).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(new RegExp(`^${other.name} changed this connector at .* UTC`)) as string,
    });
    expect(await getConnector(actor, seen.id)).toMatchObject({ name: seen.name, severity: "High", version });

    expect(await updateConnector(actor, seen, { severity: "Low", version })).toMatchObject({
      severity: "Low",
    });
    const back = await updateConnector(actor, seen, { severity: seen.severity });
    expect(back.version).toBe(seen.version);
    await updateConnector(actor, seen, { enabled: false, clientSecret: "another" });
    expect((await getConnector(actor, seen.id)).version).toBe(seen.version);
  });

  it("keeps both until what was removed was seen gone, an hour at most", async () => {
    const made = await connect(actor, team, "defender");
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    await push(actor, made);
    await unvouch(team, values);
    await push(actor, made);

    await expect(deleteConnector(actor, made)).rejects.toThrow("2 indicators of this connector were removed");
    expect(await refusal(updateConnector(actor, made, { clientId: randomUUID() }))).toBe("conflict");

    await database.asOwner((client) =>
      client.query("UPDATE receipt SET removed_at = removed_at - interval '61 minutes'"),
    );
    expect(await refusal(deleteConnector(actor, made))).toBe("done");
  });

  it("does not wait for what nobody can look at", async () => {
    const made = await connect(actor, team, "sentinel", { isReadable: false });
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    await push(actor, made);
    await unvouch(team, values);
    await push(actor, made);
    expect(await refusal(deleteConnector(actor, made))).toBe("done");
  });

  it("shares its destination's row with every other connector to the same place", async () => {
    const one = await connect(actor, team, "defender");
    const other = await connect(actor, team, "defender", { app: "TPI_TeamB" });
    expect(other.destinationId).toBe(one.destinationId);
    expect((await connect(actor, team, "sentinel")).destinationId).not.toBe(one.destinationId);
  });
});

describe("a connector that becomes automatic", () => {
  const own = planLimitsSchema.parse({ maxAdds: 9 });
  const make = async (given: object) => {
    const input = connectorCreateSchema.parse({
      ...{ team: team.slug, name: randomUUID(), kind: "defender", cloud: "sandbox", tenantId: CONTOSO },
      ...{ clientId: clientIdOf("TPI_TeamA"), clientSecret: CANARY, ...given },
    });
    return createConnector(actor, team.id, input);
  };

  it.each([
    ["the usual limits where nobody names any", {}, DEFAULT_AUTOMATIC_LIMITS],
    ["none only where that is said", { automaticLimits: null }, null],
    ["those that are named", { automaticLimits: own }, own],
  ])("has %s, be it made so or changed", async (_what, given, limits) => {
    const settings = { mode: "automatic" as const, ...given };
    expect(await make(settings)).toMatchObject({ automaticLimits: limits });
    const reviewed = await make({});
    expect(reviewed.automaticLimits).toBeNull();
    expect(await updateConnector(actor, reviewed, settings)).toMatchObject({ automaticLimits: limits });
    expect(await updateConnector(actor, reviewed, { severity: "Low" })).toMatchObject({
      automaticLimits: limits,
    });
  });

  it("keeps the limits that it had before", async () => {
    const made = await make({ automaticLimits: own });
    expect(await updateConnector(actor, made, { mode: "automatic" })).toMatchObject({ automaticLimits: own });
  });
});

describe("a connection test", () => {
  const trying = () => ({ teamId: team.id, connectorId: null });
  const INPUT = {
    ...{ name: "New", kind: "defender", cloud: "sandbox", tenantId: CONTOSO },
    ...{ clientId: clientIdOf("TPI_TeamA"), clientSecret: CANARY },
  };

  it.each(["defender", "sentinel"] as const)(
    "passes every check of a sound %s connector, and is kept",
    async (kind) => {
      const made = await connect(actor, team, kind);
      const { ok, checks } = await testConnector(actor, made);
      expect(checks.filter((check) => !check.ok)).toEqual([]);
      expect(ok).toBe(true);
      expect((await getConnector(actor, made.id)).lastTest).toMatchObject({ ok: true });
    },
  );

  it.each([
    ["a wrong secret", { clientSecret: "nonsense" }, "secret"],
    [
      "missing consent",
      { clientId: "a0000001-1a1a-4b2b-8c3c-000000000004", clientSecret: "sandbox~secret~of~TPI_NoConsent" },
      "consent",
    ],
    ["an unknown tenant", { tenantId: "99999999-0a1b-4c2d-8e3f-000000000001" }, "tenant"],
    ["an unknown application", { clientId: "99999999-1a1a-4b2b-8c3c-000000000001" }, "application"],
  ])("of what is not saved yet names %s and what to do", async (_what, change, word) => {
    const input = connectorCreateSchema.parse({ team: team.slug, ...INPUT, ...change });
    const { ok, checks } = await testConnection(actor, trying(), input);
    const failed = checks.find((check) => !check.ok);
    expect(ok).toBe(false);
    expect(`${failed?.detail ?? ""} ${failed?.fix ?? ""}`.toLowerCase()).toContain(word);
    expect(failed?.fix).not.toBe("");
  });

  it("names a device group of its settings or a rule that the tenant has not", async () => {
    const groups = {
      deviceGroups: ["Servers"],
      rules: [{ when: { minConfidence: 50 }, deviceGroups: ["Workstation"] }],
    };
    const made = await connect(actor, team, "defender", { app: "TPI_Reader", ...groups });

    const saved = await testConnector(actor, made);
    const input = {
      ...INPUT,
      clientId: clientIdOf("TPI_Reader"),
      clientSecret: "sandbox~secret~of~TPI_Reader",
    };
    const unsaved = await testConnection(
      actor,
      trying(),
      connectorCreateSchema.parse({ team: team.slug, ...input, ...groups }),
    );

    for (const { ok, checks } of [saved, unsaved]) {
      expect(ok).toBe(true);
      expect(checks.filter(({ fix }) => fix !== "")).toMatchObject([
        {
          name: "Device groups",
          detail: expect.stringContaining("no device group “Workstation”.") as string,
        },
      ]);
    }
    // The name may be right, and every push works.
    const [row] = (await listConnectors(actor, { teamIds: [team.id], limit: 1, after: null })).connectors;
    expect(row && connectorStateOf(row).state).toBe("ready");
    // A wrong name keeps no secret from being changed.
    await stageCredential(actor, made, { clientSecret: "sandbox~secret~of~TPI_Reader" });
    expect(await testSuccessor(actor, made)).toMatchObject({ ok: true });
  });

  it("leaves no destination behind", async () => {
    const tenantId = "88888888-0a1b-4c2d-8e3f-000000000001";
    const input = { team: team.slug, name: "New", kind: "defender", cloud: "sandbox", tenantId };
    await testConnection(
      actor,
      trying(),
      connectorCreateSchema.parse({ ...input, clientId: CONTOSO, clientSecret: "x" }),
    );
    const { rowCount } = await database.asOwner((client) =>
      client.query("SELECT FROM destination WHERE tenant_id = $1", [tenantId]),
    );
    expect(rowCount).toBe(0);
  });
});

describe("the sandbox's presets", () => {
  it("hold what fills a form", async () => {
    const presets = await listSandboxPresets();
    const tenant = presets.find(({ tenantId }) => tenantId === CONTOSO);
    expect(tenant?.applications.map(({ displayName }) => displayName)).toContain("TPI_TeamA");
    expect(tenant?.workspaces.map(({ name }) => name)).toContain("contoso-soc");
  });
});
