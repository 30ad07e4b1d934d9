import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { openDestination } from "@/lib/connectors/registry";

import type { Actor } from "@/lib/domain/access/actor";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { connect, plan, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { listStrangers } from "@/lib/services/reconcile/list-strangers";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import type { ConnectorView } from "./connector-view";
import { getConnector } from "./get-connector";
import type { OpenDestination } from "./open-connector";
import { tryMd5 } from "./try-md5";

const { database, remote } = useDestinations();

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  await database.asOwner((client) => client.query("UPDATE destination SET accepts_md5 = NULL"));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

/** What the audit log has of trials. */
const audited = () =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ action: string; detail: unknown }>(
      "SELECT action, detail FROM audit_entry WHERE team_id = $1 AND action LIKE 'connector.try-md5%' ORDER BY id",
      [team.id],
    );
    return rows;
  });
const importSchema = z.object({
  Indicators: z.tuple([z.object({ indicatorValue: z.string(), externalId: z.string() })]),
});
/** The value and our id that a trial put there. */
const sentByTrial = async () => {
  const sent = (await remote.journal()).find(({ path }) => path.endsWith("/import"));
  const [{ indicatorValue: value, externalId }] = importSchema.parse(sent?.body).Indicators;
  return { value, externalId };
};

const reasonFor = async (value: string) => {
  const { id } = await plan(actor, defender);
  const { items } = await listPlanItems({ id, teamId: team.id }, { limit: 10, after: null });
  return items.find((item) => item.value === value);
};

describe("MD5 at Defender", () => {
  it("stays in until a trial was taken, says how to try, and goes there afterwards", async () => {
    const values = someValues(1, "md5");
    const value = values[0]?.value ?? "";
    await vouch(team, values, { name: "Hashes" });
    expect(await reasonFor(value)).toMatchObject({
      operation: "blocked",
      reason: expect.stringContaining("Press “Try MD5” on the connector’s page") as string,
    });

    expect(await tryMd5(actor, defender)).toEqual({
      acceptsMd5: true,
      detail: "The tenant took it, and it was taken away again.",
    });
    expect(await remote.defender()).toEqual([]);
    expect((await getConnector(actor, defender.id)).acceptsMd5).toBe(true);
    await push(actor, defender);
    expect(await remote.defender()).toMatchObject([{ indicatorValue: value }]);
  });

  it("stays in where the tenant refused the trial", async () => {
    await remote.control("PUT", "switches", { defenderMd5: "refuse" });
    const { acceptsMd5, detail } = await tryMd5(actor, defender);
    expect(acceptsMd5).toBe(false);
    expect(detail).toContain("The tenant refused it:");
    const values = someValues(1, "md5");
    await vouch(team, values, { name: "Hashes" });
    expect((await reasonFor(values[0]?.value ?? ""))?.reason).toContain("refused MD5 when it was tried");
  });

  it("is asked in the team's name, for every connector to the tenant, and who plans by himself plans again", async () => {
    const other = await connect(actor, team, "defender", { app: "TPI_TeamB", mode: "automatic" });
    await database.asOwner((client) => client.query("DELETE FROM outbox"));
    await tryMd5(actor, defender);
    const jobs = await database.asOwner((client) =>
      client.query<{ id: string }>("SELECT data->>'connectorId' AS id FROM outbox WHERE job = $1", [
        connectorPlan.name,
      ]),
    );
    expect((await audited()).at(-1)).toMatchObject({ detail: { acceptsMd5: true } });
    expect(jobs.rows.map(({ id }) => id)).toContain(other.id);
    expect((await getConnector(actor, other.id)).acceptsMd5).toBe(true);
  });

  it("has its entry before anything leaves, and a second one of what came of it", async () => {
    const known: unknown[] = [];
    const open: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      return {
        ...destination,
        push: async (batch, stop) => {
          known.push(await audited());
          return destination.push(batch, stop);
        },
      };
    };

    await tryMd5(actor, defender, { open });

    const begun = { action: "connector.try-md5-begin", detail: await sentByTrial() };
    expect(known).toEqual([[begun]]);
    expect(await audited()).toMatchObject([
      begun,
      { action: "connector.try-md5", detail: { acceptsMd5: true } },
    ]);
  });

  it("whose answer is lost is explained all the same, and what it left there is nobody's to decide about", async () => {
    const fault = { match: { path: "*/import" }, times: null, reset: true, processed: true };
    await remote.control("POST", "faults", fault);

    await expect(tryMd5(actor, defender)).rejects.toThrow();

    const [record] = await remote.defender();
    expect(record).toMatchObject({ title: "[Sluice] Trial of MD5" });
    expect(await audited()).toMatchObject([
      { action: "connector.try-md5-begin", detail: { value: record?.indicatorValue } },
      { action: "connector.try-md5", detail: { acceptsMd5: null, detail: expect.any(String) as string } },
    ]);
    expect((await getConnector(actor, defender.id)).acceptsMd5).toBeNull();
    await remote.control("DELETE", "faults");
    await reconcileConnector(defender.id, { signal: new AbortController().signal });
    expect((await listStrangers(defender, { limit: 10, after: null })).strangers).toEqual([]);
  });

  it("need not be asked of Sentinel", async () => {
    const sentinel = await connect(actor, team, "sentinel");
    await expect(tryMd5(actor, sentinel)).rejects.toThrow("only Defender has to be asked");
  });
});
