import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { listAudit } from "@/lib/services/audit/list-audit";
import {
  apply,
  clientIdOf,
  connect,
  CONTOSO,
  deliverToTheEnd,
  openOneByOne,
  push,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { collectMetrics } from "@/lib/services/operations/collect-metrics";
import { listEndingCredentials } from "@/lib/services/operations/credential-lives";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { cleanUp } from "@/lib/services/scheduling/clean-up";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { activateCredential } from "./activate-credential";
import type { ConnectorView } from "./connector-view";
import { discardSuccessor } from "./discard-successor";
import { getConnector } from "./get-connector";
import { listCredentials } from "./list-credentials";
import { stageCredential } from "./stage-credential";
import { stateSecretEnd } from "./state-secret-end";
import { testSuccessor } from "./test-successor";
import { testConnector } from "./test-connection";
import { updateConnector } from "./update-connector";
import { watchCredentials } from "./watch-credentials";

const { database, remote } = useDestinations();

// New ones for each test: tokens are kept for as long as the process lives, and with them the permissions in them.
let OLD: string;
let NEW: string;
const CLIENT = clientIdOf("TPI_TeamA");

type Secret = { value: string; expiresAt?: string | null };
const register = (secrets: readonly Secret[], roles = ["Ti.ReadWrite"]) =>
  remote.control("POST", "applications", {
    tenantId: CONTOSO,
    clientId: CLIENT,
    secrets: secrets.map(({ value, expiresAt = null }) => ({ value, expiresAt })),
    roles,
  });

let team: TestTeam;
let actor: Actor;
let made: ConnectorView;
beforeEach(async () => {
  OLD = `old~secret~${randomUUID()}`;
  NEW = `new~secret~${randomUUID()}`;
  await register([{ value: OLD }, { value: NEW }]);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  made = await connect(actor, team, "defender", { clientSecret: OLD });
});

const refusal = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );
const actionsOf = async (): Promise<string[]> => {
  const { entries } = await listAudit(actor, { teamId: team.id, limit: 100 });
  return entries.map(({ action }) => action);
};
const sealedStates = async (): Promise<string[]> => {
  const { rows } = await database.asOwner((client) =>
    client.query<{ text: string }>(
      `SELECT state || CASE sealed WHEN '' THEN ' forgotten' ELSE ' kept' END AS text
       FROM credential WHERE connector_id = $1 ORDER BY created_at`,
      [made.id],
    ),
  );
  return rows.map(({ text }) => text);
};

describe("a staged successor", () => {
  it("is tried out and takes over; what it replaced is kept for a day, then forgotten", async () => {
    const { ok } = await stageCredential(actor, made, { clientSecret: NEW });
    expect(ok).toBe(true);
    expect(await sealedStates()).toEqual(["active kept", "staged kept"]);

    await activateCredential(actor, made, "successor");

    expect(await sealedStates()).toEqual(["retired kept", "active kept"]);
    const { active, successor, previous } = await listCredentials(actor, made);
    expect([active?.kind, successor, previous?.kind]).toEqual(["secret", null, "secret"]);
    await register([{ value: NEW }]);
    expect((await testConnector(actor, made)).ok).toBe(true);

    await database.asOwner((client) =>
      client.query("UPDATE credential SET retired_at = now() - interval '25 hours' WHERE state = 'retired'"),
    );
    await cleanUp();
    expect(await sealedStates()).toEqual(["retired forgotten", "active kept"]);
    expect(await refusal(activateCredential(actor, made, "previous"))).toBe("conflict");
  });

  it("that is dead never takes over, and the present one goes on", async () => {
    const { ok, checks } = await stageCredential(actor, made, { clientSecret: "nonsense" });
    expect(ok).toBe(false);
    expect(checks[0]?.fix).not.toBe("");

    expect(await refusal(activateCredential(actor, made, "successor"))).toBe("conflict");

    expect(await sealedStates()).toEqual(["active kept", "staged kept"]);
    expect((await testConnector(actor, made)).ok).toBe(true);
    expect((await listCredentials(actor, made)).successor?.lastTest?.ok).toBe(false);
  });

  it("that is dead is told where it is tried out, and raises no alarm about the one in use", async () => {
    await stageCredential(actor, made, { clientSecret: "nonsense" });

    const { active, successor } = await listCredentials(actor, made);
    expect(successor?.refusedAt).toBeInstanceOf(Date);
    expect(active?.refusedAt).toBeNull();
    expect(await actionsOf()).not.toContain("credential.refused");
  });

  it("that failed can be tried once more, and takes over when it has been mended in Entra ID", async () => {
    const later = `later~${randomUUID()}`;
    expect((await stageCredential(actor, made, { clientSecret: later })).ok).toBe(false);
    expect((await testSuccessor(actor, made)).ok).toBe(false);
    await register([{ value: OLD }, { value: later }]);

    expect((await testSuccessor(actor, made)).ok).toBe(true);

    expect((await listCredentials(actor, made)).successor?.lastTest?.ok).toBe(true);
    expect(await sealedStates()).toEqual(["active kept", "staged kept"]);
    expect((await actionsOf()).filter((action) => action === "credential.test")).toHaveLength(2);
    await activateCredential(actor, made, "successor");
    expect(await refusal(testSuccessor(actor, made))).toBe("conflict");
  });

  it("that may read but not write is refused", async () => {
    const reader = await connect(actor, team, "defender", { app: "TPI_Reader" });
    await stageCredential(actor, reader, { clientSecret: "sandbox~secret~of~TPI_Reader" });
    await remote.control("POST", "applications", {
      tenantId: CONTOSO,
      clientId: clientIdOf("TPI_Reader"),
      roles: ["Ti.Read.All"],
    });
    expect(await refusal(activateCredential(actor, reader, "successor"))).toBe("conflict");
  });

  it("can be gone back from, and the other way round", async () => {
    await stageCredential(actor, made, { clientSecret: NEW });
    await activateCredential(actor, made, "successor");
    await activateCredential(actor, made, "previous");
    expect(await sealedStates()).toEqual(["active kept", "retired kept"]);
    await activateCredential(actor, made, "previous");
    expect(await sealedStates()).toEqual(["retired kept", "active kept"]);
    expect(await actionsOf()).toEqual(
      expect.arrayContaining(["credential.stage", "credential.activate", "credential.go-back"]),
    );
  });

  it("is one at a time, can be discarded, and dies with a new application", async () => {
    await stageCredential(actor, made, { clientSecret: NEW });
    await stageCredential(actor, made, { clientSecret: NEW });
    expect(await sealedStates()).toEqual(["active kept", "retired forgotten", "staged kept"]);
    await discardSuccessor(actor, made);
    expect(await refusal(discardSuccessor(actor, made))).toBe("conflict");

    await stageCredential(actor, made, { clientSecret: NEW });
    await updateConnector(actor, made, { clientId: clientIdOf("TPI_TeamB") });
    expect((await listCredentials(actor, made)).successor).toBeNull();
  });

  it("takes over in the middle of a push: what is under way ends, the next batch takes the new one, and nothing fails", async () => {
    await vouch(team, someValues(1_200), { name: "Feed" });
    const pushId = await apply(actor, made);
    await stageCredential(actor, made, { clientSecret: NEW });
    const usedBy: string[] = [];
    let pushes = 0;
    await deliverToTheEnd(pushId, (settings) => {
      const destination = openOneByOne(settings);
      return {
        ...destination,
        push: async (batch, signal) => {
          usedBy.push(settings.credential.kind === "secret" ? settings.credential.secret : "");
          pushes += 1;
          if (pushes === 1) await activateCredential(actor, made, "successor");
          return destination.push(batch, signal);
        },
      };
    });
    const { rows } = await database.asOwner((client) =>
      client.query<{ state: string; accepted: number; failed: number }>(
        "SELECT state::text, accepted, failed FROM push WHERE id = $1",
        [pushId],
      ),
    );
    expect(rows).toEqual([{ state: "done", accepted: 1_200, failed: 0 }]);
    expect(usedBy).toEqual([OLD, NEW, NEW]);
  });

  it("of another team's connector is not found", async () => {
    const stranger = await makeActor([[await makeTeam(), "owner"]]);
    expect(await refusal(getConnector(stranger, made.id))).toBe("not_found");
    expect((await listCredentials(stranger, made)).active).toBeNull();
  });
});

describe("the end of a secret", () => {
  const inDays = (days: number): Date => new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000);

  it("is read from Entra ID where the application may, by how the secret begins", async () => {
    const end = inDays(300);
    await register(
      [
        { value: OLD, expiresAt: end.toISOString() },
        { value: NEW, expiresAt: inDays(20).toISOString() },
      ],
      ["Ti.ReadWrite", "Application.Read.All"],
    );
    await watchCredentials(new Date());
    expect((await getConnector(actor, made.id)).credential).toMatchObject({
      expiresAt: end,
      expirySource: "entra",
    });
    expect(await refusal(stateSecretEnd(actor, made, inDays(10)))).toBe("conflict");
  });

  it("is not guessed where two secrets begin alike", async () => {
    await register(
      [
        { value: OLD, expiresAt: inDays(5).toISOString() },
        { value: "old~other", expiresAt: inDays(9).toISOString() },
      ],
      ["Ti.ReadWrite", "Application.Read.All"],
    );
    await watchCredentials(new Date());
    expect((await getConnector(actor, made.id)).credential?.expiresAt).toBeNull();
  });

  it("that is past is refused, in whatever form it is given, and names its field", async () => {
    const past = inDays(-1);
    await expect(stateSecretEnd(actor, made, past)).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ pointer: "/expiresAt", detail: expect.stringContaining("past") as unknown }],
    });
    const ended = { clientSecret: NEW, secretExpiresAt: past };
    await expect(stageCredential(actor, made, ended)).rejects.toMatchObject({
      fields: [{ pointer: "/secretExpiresAt" }],
    });
    expect(await refusal(updateConnector(actor, made, ended))).toBe("invalid_input");
    expect(await sealedStates()).toEqual(["active kept"]);
    expect((await getConnector(actor, made.id)).credential?.expiresAt).toBeNull();
  });

  it("stays a person's word where Entra ID may not be asked", async () => {
    const end = inDays(40);
    await stateSecretEnd(actor, made, end);
    await watchCredentials(new Date());
    expect((await getConnector(actor, made.id)).credential).toMatchObject({
      expiresAt: end,
      expirySource: "stated",
    });
  });

  it("is announced once at each threshold, told on the overview, to administrators and in the metrics", async () => {
    const end = inDays(59);
    await stateSecretEnd(actor, made, end);
    for (const left of [59, 58, 29, 28, 13, 6, 5, 0.5, -1, -2])
      await watchCredentials(new Date(end.getTime() - left * 86_400_000));
    const ofEnds = (await actionsOf()).filter((action) => action.startsWith("credential.expir"));
    expect(ofEnds.filter((action) => action === "credential.expiring")).toHaveLength(5);
    expect(ofEnds.filter((action) => action === "credential.expired")).toHaveLength(1);

    const soon = new Date(end.getTime() - 6.5 * 86_400_000);
    const { attention } = await getTeamOverview(actor, { ...team, role: "owner" }, soon);
    expect(attention.find(({ kind }) => kind === "secret-expiry")?.message).toContain("expires in 6 days");
    const ending = await listEndingCredentials(soon);
    expect(ending.map(({ connectorId }) => connectorId)).toContain(made.id);
    const { text } = await collectMetrics(soon);
    expect(text).toMatch(new RegExp(`sluice_credential_expires_seconds\\{[^}]*${made.id}[^}]*\\} 5616`));
  });

  it("is not announced twice because Entra ID tells the hour of a day that somebody typed", async () => {
    const typed = inDays(29);
    await stateSecretEnd(actor, made, typed);
    // Announced before Entra ID is asked for the first time.
    await database.asOwner((client) => client.query("UPDATE credential SET expiry_checked_at = now()"));
    await watchCredentials(new Date());
    const told = new Date(typed.getTime() + 9 * 3_600_000);
    await register([{ value: OLD, expiresAt: told.toISOString() }], ["Ti.ReadWrite", "Application.Read.All"]);

    await watchCredentials(new Date(Date.now() + 25 * 3_600_000));

    expect((await getConnector(actor, made.id)).credential).toMatchObject({ expiresAt: told });
    expect((await actionsOf()).filter((action) => action === "credential.expiring")).toHaveLength(1);
  });

  it("is asked once a day for each secret, however many look", async () => {
    const [one, other] = await Promise.all([watchCredentials(new Date()), watchCredentials(new Date())]);
    expect(one.asked + other.asked).toBeGreaterThanOrEqual(1);
    expect((await watchCredentials(new Date())).asked).toBe(0);
  });
});

describe("a credential that Microsoft refuses", () => {
  it("is noted at the first refusal, once, and forgotten when it is taken again", async () => {
    await vouch(team, someValues(2), { name: "Feed" });
    await register([{ value: NEW }]);
    await push(actor, made);
    await testConnector(actor, made);

    const refused = (await getConnector(actor, made.id)).credential;
    expect(refused?.refusal).toContain("client secret");
    expect((await actionsOf()).filter((action) => action === "credential.refused")).toHaveLength(1);
    const { attention } = await getTeamOverview(actor, { ...team, role: "owner" }, new Date());
    expect(attention.map(({ kind }) => kind)).toContain("secret-refused");
    expect((await collectMetrics()).text).toMatch(/sluice_refused_credentials [1-9]/);

    await register([{ value: OLD }]);
    await testConnector(actor, made);
    expect((await getConnector(actor, made.id)).credential?.refusedAt).toBeNull();
  });

  it("is taken again where a test of a workspace without Azure names passes, which reads nothing", async () => {
    const sentinel = await connect(actor, team, "sentinel", { isReadable: false, clientSecret: OLD });
    await register([{ value: NEW }]);
    await testConnector(actor, sentinel);
    expect((await getConnector(actor, sentinel.id)).credential?.refusedAt).toBeInstanceOf(Date);

    await register([{ value: OLD }]);
    await testConnector(actor, sentinel);
    expect((await getConnector(actor, sentinel.id)).credential?.refusedAt).toBeNull();
  });
});

describe("an identity of the machine", () => {
  it("is an administrator's to lend, and only where there is one", async () => {
    const administrator = { ...actor, isAdministrator: true };
    expect(await refusal(stageCredential(actor, made, { identity: "system-assigned" }))).toBe("forbidden");
    expect(await refusal(stageCredential(administrator, made, { identity: "workload" }))).toBe(
      "invalid_input",
    );
  });

  it("is led elsewhere by an administrator alone, once it is lent", async () => {
    const administrator: Actor = { ...actor, isAdministrator: true };
    await database.asOwner((client) =>
      client.query("UPDATE credential SET kind = 'managed-identity' WHERE connector_id = $1", [made.id]),
    );
    const elsewhere = { clientId: randomUUID() };
    expect(await refusal(updateConnector(actor, made, elsewhere))).toBe("forbidden");
    expect(await refusal(updateConnector(actor, made, { name: "Renamed" }))).not.toBe("forbidden");
    expect(await refusal(updateConnector(administrator, made, elsewhere))).not.toBe("forbidden");
  });
});
