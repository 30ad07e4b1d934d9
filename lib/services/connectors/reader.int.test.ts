import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { openDestination } from "@/lib/connectors/registry";
import type { Actor } from "@/lib/domain/access/actor";
import { readerInputSchema } from "@/lib/domain/connector/reader-input";
import { listDestinations } from "@/lib/services/budget/list-destinations";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { getCapacity } from "@/lib/services/delivery/get-capacity";
import {
  clientIdOf,
  connect,
  CONTOSO,
  forgetDestinations,
  plan,
  push,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { openPortal } from "@/lib/services/delivery/testing/outside";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { listEndingReaders } from "@/lib/services/operations/credential-lives";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import type { ConnectorView } from "./connector-view";
import type { OpenDestination } from "./open-connector";
import { removeReader } from "./remove-reader";
import { setReader } from "./set-reader";
import { watchReaders } from "./watch-readers";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const portal = openPortal(() => sandbox.url);
const { signal } = new AbortController();

// Nothing but to read was ever granted to it, and that only by the tests that say so.
const AUDITOR = { clientId: clientIdOf("TPI_NoConsent"), clientSecret: "sandbox~secret~of~TPI_NoConsent" };
const READS_ALL = "Ti.Read.All";

let team: TestTeam;
let actor: Actor;
let administrator: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await client.query("DELETE FROM destination_reader");
    await forgetDestinations(client);
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  administrator = await makeActor([], { isAdministrator: true });
  defender = await connect(actor, team, "defender");
});

const grant = (...roles: string[]) =>
  remote.control("POST", "applications", { tenantId: CONTOSO, clientId: AUDITOR.clientId, roles });
const set = (change: object = {}) =>
  setReader(
    administrator,
    defender.destinationId,
    readerInputSchema.parse({ ...AUDITOR, ...change }),
    signal,
  );
const seed = (records: object) => remote.control("POST", "seed", { tenantId: CONTOSO, ...records });
const readerOf = async () =>
  (await listDestinations(administrator, new Date())).find(({ id }) => id === defender.destinationId)?.reader;
/** The applications that listed the tenant. */
const listers = async (): Promise<string[]> => {
  const asked = (await remote.journal()).filter(
    ({ method, path }) => method === "GET" && path.endsWith("/api/indicators"),
  );
  return [...new Set(asked.flatMap(({ principal }) => principal?.clientId ?? []))];
};
const auditOf = (action: string): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM audit_entry WHERE action = $1 AND subject_id = $2",
      [action, defender.destinationId],
    );
    return rows[0]?.count ?? 0;
  });
const NOT_VISIBLE = { otherTeams: null, foreign: null, free: null };

describe("a destination's own credential", () => {
  it("is kept only where it sees the whole tenant, and is an administrator's", async () => {
    await expect(set()).rejects.toThrow("is shown only what it made itself");
    await grant(READS_ALL);
    await expect(set({ clientSecret: "canary~wrong" })).rejects.toMatchObject({
      message: expect.stringContaining("Value, not its Secret ID") as string,
      fields: [{ pointer: "/clientSecret" }],
    });
    await expect(
      setReader(actor, defender.destinationId, readerInputSchema.parse(AUDITOR), signal),
    ).rejects.toMatchObject({ code: "forbidden" });
    await expect(removeReader(actor, defender.destinationId)).rejects.toMatchObject({ code: "forbidden" });
    expect(await readerOf()).toBeNull();

    await set();
    const kept = await readerOf();
    expect(kept).toMatchObject({
      clientId: AUDITOR.clientId,
      kind: "secret",
      problem: null,
      refusedAt: null,
    });
    expect(kept?.lookedAt).toBeInstanceOf(Date);
    expect(JSON.stringify(kept)).not.toContain(AUDITOR.clientSecret);
    const { rows } = await database.asOwner((client) =>
      client.query<{ sealed: string }>("SELECT sealed FROM destination_reader"),
    );
    expect(rows[0]?.sealed).not.toContain(AUDITOR.clientSecret);
    expect(await auditOf("reader.set")).toBe(1);
  });

  it("tells every team how full the tenant is, though their own applications see their own alone", async () => {
    await seed({ foreign: 4 });
    await vouch(team, someValues(2), { name: "Feed" });
    await push(actor, defender);
    await confirmConnector(defender.id, { signal });
    expect(await getCapacity(defender)).toMatchObject({ ours: 2, ...NOT_VISIBLE });

    await grant(READS_ALL);
    await set();
    expect(await getCapacity(defender)).toMatchObject({ ours: 2, foreign: 4, free: 14_994 });
    const [other] = [await makeTeam()];
    const colleague = await makeActor([[other, "owner"]]);
    const theirs = await connect(colleague, other, "defender", { app: "TPI_TeamB" });
    expect(await getCapacity(theirs)).toMatchObject({ ours: 0, otherTeams: 2, foreign: 4 });

    await removeReader(administrator, defender.destinationId);
    expect(await getCapacity(defender)).toMatchObject(NOT_VISIBLE);
    expect(await readerOf()).toBeNull();
    expect(await auditOf("reader.remove")).toBe(1);
  });

  it("is not believed of what was sent since its list was begun", async () => {
    await grant(READS_ALL);
    await set();
    const values = someValues(1);
    const feed = await vouch(team, values, { name: "Feed", comment: "Old words." });
    await push(actor, defender);
    await confirmConnector(defender.id, { signal });
    const say = (comment: string) =>
      database.asOwner((client) =>
        client.query("UPDATE attribution SET comment = $2 WHERE feed_id = $1", [feed, comment]),
      );
    let isFirst = true;
    const open: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      const list = async function* (...asked: Parameters<typeof destination.list>) {
        yield* destination.list(...asked);
        if (!isFirst) return;
        isFirst = false;
        await say("New words.");
        expect((await push(actor, defender)).counts).toMatchObject({ accepted: 1 });
      };
      return { ...destination, list };
    };

    expect(await reconcileConnector(defender.id, { signal, open })).toMatchObject({ status: "left" });

    await confirmConnector(defender.id, { signal });
    expect(await reconcileConnector(defender.id, { signal })).toMatchObject({ standing: 1, changed: 0 });
  });

  it("looks around before the first plan, so that what others hold stays out of it", async () => {
    await grant(READS_ALL);
    await set();
    const [value] = someValues(1);
    if (!value) throw new Error("No value.");
    const indicator = { indicatorValue: value.value, indicatorType: "DomainName", action: "Audit" };
    await seed({ records: [{ ...indicator, title: "Theirs" }] });
    await vouch(team, [value], { name: "Feed" });
    await database.asOwner((client) => client.query("UPDATE connector SET looked_at = NULL"));
    await remote.control("DELETE", "journal");

    const made = await plan(actor, defender);

    expect(await listers()).toEqual([AUDITOR.clientId]);
    const { items } = await listPlanItems(
      { id: made.id, teamId: team.id },
      { operation: "blocked", limit: 10, after: null },
    );
    expect(items.map(({ code }) => code)).toEqual(["held-by-others"]);
  });

  it("is what a comparison reads by, and finds what somebody did to the team's own records", async () => {
    await grant(READS_ALL);
    await set();
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    await push(actor, defender);
    await confirmConnector(defender.id, { signal });
    await portal.change(values[0]?.value ?? "", { severity: "High" });
    await remote.control("DELETE", "journal");

    expect(await reconcileConnector(defender.id, { signal })).toEqual({
      ...{ status: "compared", standing: 2, removed: 0, changed: 1, unlike: 0 },
    });
    expect(await listers()).toEqual([AUDITOR.clientId]);
    // Its records are known, so none of them is a stranger; and others' are none of this application's.
    await seed({ foreign: 2 });
    await reconcileConnector(defender.id, { signal });
    const { rows } = await database.asOwner((client) =>
      client.query("SELECT FROM stranger WHERE connector_id = $1", [defender.id]),
    );
    expect(rows).toEqual([]);
  });

  it("that cannot read any more says so, and each team's own application looks instead", async () => {
    await grant(READS_ALL);
    await set();
    await vouch(team, someValues(1), { name: "Feed" });
    await push(actor, defender);
    // As a worker that was started since: none has a token of it at hand.
    await database.asOwner((client) =>
      client.query("UPDATE destination_reader SET client_id = $1", [clientIdOf("TPI_ExpiredSecret")]),
    );

    expect(await reconcileConnector(defender.id, { signal })).toMatchObject({ status: "compared" });

    expect(await readerOf()).toMatchObject({ problem: expect.stringMatching(/\w/) as string });
    expect((await readerOf())?.refusedAt).toBeInstanceOf(Date);
    expect(await auditOf("reader.refused")).toBe(1);
  });

  it("is announced once at each threshold before its end", async () => {
    await grant(READS_ALL);
    const end = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 59 * 86_400_000);
    await set({ secretExpiresAt: end.toISOString() });
    for (const left of [59, 58, 29, 28, 13, 6, 5, 0.5, -1, -2])
      await watchReaders(new Date(end.getTime() - left * 86_400_000));
    expect(await auditOf("reader.expiring")).toBe(5);
    expect(await auditOf("reader.expired")).toBe(1);
    expect(await listEndingReaders(new Date(end.getTime() - 86_400_000))).toMatchObject([
      { destinationId: defender.destinationId, expiresAt: end },
    ]);
    expect(await listEndingReaders(new Date(end.getTime() - 90 * 86_400_000))).toEqual([]);
    expect((await watchReaders(new Date())).asked).toBe(0);
  });

  it("is no row that a team's scope shows", async () => {
    await grant(READS_ALL);
    await set();
    await expect(
      database.asLogin((client) => client.query("SELECT FROM destination_reader")),
    ).rejects.toThrow("permission denied");
  });
});
