import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { openApi, read, type ApiClient } from "@/lib/testing/api-client";
import * as contract from "@/lib/testing/api-contract";
import { connectorBody, plan } from "@/lib/testing/api-steps";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeTeam, makeToken, makeUser } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { ROUTES } from ".";

useTestDatabase();
const as = openApi(ROUTES);
let sandbox: Sandbox;
let slug: string;
let owner: ApiClient;
let second: ApiClient;
let connector: string;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  const team = await makeTeam();
  ({ slug } = team);
  const [ada, ben] = [await makeUser(), await makeUser()];
  await addMember(team, ada, "owner");
  await addMember(team, ben, "analyst");
  [owner, second] = [as(await makeToken(ada)), as(await makeToken(ben))];
  const body = { ...connectorBody(slug, "defender", "TPI_TeamA"), approval: { maxAdds: 1 } };
  connector = read(await owner.post("/connectors", body), 201, contract.connector).id;
  const indicators = ["45.155.205.1", "45.155.205.2"].map((value) => ({ value }));
  read(await owner.post("/indicators", { team: slug, indicators }), 200, contract.added);
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});

const approval = z.object({
  approval: z.object({
    reasons: z.array(z.string()),
    canApprove: z.boolean(),
    takesTwo: z.boolean(),
    canApply: z.boolean(),
  }),
});

describe("the API", () => {
  it("tells which limits a connector has, and takes only such as can be", async () => {
    const limits = z.object({ approval: z.unknown(), automaticLimits: z.unknown() });
    expect(read(await owner.get(`/connectors/${connector}`), 200, limits)).toEqual({
      approval: { maxAdds: 1, maxRemoves: null, maxRemovedPercent: null },
      automaticLimits: null,
    });
    const refused = await owner.patch(`/connectors/${connector}`, {
      automaticLimits: { maxRemovedPercent: 101 },
    });
    expect(read(refused, 400, contract.problem).errors?.[0]?.pointer).toBe(
      "/automaticLimits/maxRemovedPercent",
    );
    expect((await second.patch(`/connectors/${connector}`, { approval: null })).status).toBe(403);
  });

  it("tells of a plan what its page tells: actions, device groups, and who loosened the gate; and of the connector that it is behind", async () => {
    const outlook = z.object({
      actions: z.array(z.object({ action: z.string(), count: z.number() })),
      scopes: z.array(z.object({ deviceGroups: z.array(z.string()), count: z.number() })),
      gateLoosened: z.object({ former: z.object({ maxPrevalence: z.number() }) }).nullable(),
    });
    const behind = z.object({ isPlanBehind: z.boolean() });
    expect(read(await owner.get(`/connectors/${connector}`), 200, behind).isPlanBehind).toBe(true);
    const { id } = await plan(owner, connector);
    expect(read(await owner.get(`/plans/${id}`), 200, outlook)).toEqual({
      actions: [{ action: "Audit", count: 2 }],
      scopes: [{ deviceGroups: [], count: 2 }],
      gateLoosened: null,
    });
    expect(read(await owner.get(`/connectors/${connector}`), 200, behind).isPlanBehind).toBe(false);

    for (const gate of [{ maxPrevalence: 5 }, null])
      read(await owner.patch(`/connectors/${connector}`, { gate }), 200, z.looseObject({}));
    expect(read(await owner.get(`/plans/${id}`), 200, outlook).gateLoosened).toEqual({
      former: { maxPrevalence: 5 },
    });
  });

  it("has a plan approved by a second person before it is applied, looked through by reason and downloaded", async () => {
    const { id, hash } = await plan(owner, connector);
    const sample = z.object({ sample: z.record(z.string(), z.array(contract.planItem)) });
    const shown = read(await owner.get(`/plans/${id}`), 200, sample.and(approval));
    expect(shown.sample["add"]).toHaveLength(2);
    expect(shown.approval).toEqual({
      reasons: ["It adds 2; the limit for one person alone is 1."],
      canApprove: false,
      takesTwo: false,
      canApply: false,
    });
    const items = await owner.get(`/plans/${id}/items?operation=add&code=new`);
    expect(read(items, 200, contract.page(contract.planItem)).data).toHaveLength(2);
    const others = await owner.get(`/plans/${id}/items?operation=add&code=expiry-changed`);
    expect(read(others, 200, contract.page(contract.planItem)).data).toEqual([]);

    const narrowed = await owner.get(`/plans/${id}/items?q=45.155.205.2&type=ipv4&action=Audit`);
    expect(read(narrowed, 200, contract.page(contract.planItem)).data).toMatchObject([
      { value: "45.155.205.2" },
    ]);
    expect((await owner.get(`/plans/${id}/items?type=no-such-type`)).status).toBe(400);
    const part = await second.get(`/plans/${id}/download?format=csv&q=45.155.205.2`);
    expect(part.headers.get("content-disposition")).toContain(`plan-${id}-filtered.csv`);
    expect(part.text.trimEnd().split("\n")).toHaveLength(2);

    const csv = await second.get(`/plans/${id}/download?format=csv`);
    expect(csv.headers.get("content-type")).toContain("text/csv");
    expect(csv.headers.get("content-disposition")).toBe(`attachment; filename="plan-${id}.csv"`);
    expect(csv.text.split("\n").filter((line) => line.startsWith("add,"))).toHaveLength(2);

    expect((await owner.post(`/plans/${id}/apply`, { hash })).status).toBe(409);
    expect((await owner.post(`/plans/${id}/approve`, { hash })).status).toBe(403);
    expect(read(await second.get(`/plans/${id}`), 200, approval).approval.canApprove).toBe(true);
    expect((await second.post(`/plans/${id}/approve`, { hash: "another" })).status).toBe(409);
    expect((await second.post(`/plans/${id}/approve`, { hash })).status).toBe(200);
    const { id: pushId } = read(await owner.post(`/plans/${id}/apply`, { hash }), 202, contract.made);

    const ofPush = z.object({
      push: z.object({ id: z.string(), counts: z.object({ planned: z.number() }) }),
    });
    expect(read(await owner.get(`/plans/${id}`), 200, ofPush).push).toEqual({
      id: pushId,
      counts: { planned: 2 },
    });
    const item = z.object({ value: z.string(), state: z.string(), receiptState: z.string() });
    const open = read(
      await owner.get(`/pushes/${pushId}/items?state=open&limit=1`),
      200,
      contract.page(item),
    );
    expect(open.data).toMatchObject([{ state: "pending", receiptState: "pending" }]);
    const rest = await owner.get(`/pushes/${pushId}/items?limit=1&cursor=${open.nextCursor ?? ""}`);
    expect(read(rest, 200, contract.page(item)).data).toHaveLength(1);
    expect((await owner.get(`/pushes/${pushId}/items?cursor=garbage`)).status).toBe(400);
  });

  it("switches a connector's sending off and on, with who did it and why", async () => {
    const stop = z.object({ stop: z.object({ by: z.string(), reason: z.string() }).nullable() });
    const reason = "The wrong list.";
    expect((await second.post(`/connectors/${connector}/stop`, {})).status).toBe(400);
    expect(
      read(await second.post(`/connectors/${connector}/stop`, { reason }), 200, stop).stop,
    ).toMatchObject({
      reason,
    });
    expect((await second.post(`/connectors/${connector}/stop`, { reason })).status).toBe(409);
    const push = z.object({ id: z.string(), state: z.string(), isSendingOff: z.boolean() });
    const tell = async () => {
      const { data } = read(await second.get(`/connectors/${connector}/pushes`), 200, contract.page(push));
      const pushes = data.map(async ({ id }) => read(await second.get(`/pushes/${id}`), 200, push));
      return [...data, ...(await Promise.all(pushes))];
    };
    const told = { state: "queued", isSendingOff: true };
    expect(await tell()).toMatchObject([told, told]);
    expect(read(await owner.post(`/connectors/${connector}/start`), 200, stop).stop).toBeNull();
    expect(await tell()).toMatchObject([{ isSendingOff: false }, { isSendingOff: false }]);
  });

  it("lets an analyst ask a workspace how many of ours it holds, since that changes nothing", async () => {
    const refused = await second.post(`/connectors/${connector}/count`);
    expect(read(refused, 400, contract.problem).detail).toContain("Only a Sentinel workspace can be asked");
    const body = connectorBody(slug, "sentinel", "TPI_TeamA");
    const { id } = read(await owner.post("/connectors", body), 201, contract.connector);
    const held = z.object({ held: z.number(), live: z.number() });
    expect(read(await second.post(`/connectors/${id}/count`), 200, held)).toEqual({ held: 0, live: 0 });
  });

  it("holds back everything of a team, once, and lifts it", async () => {
    const body = { team: slug, everything: true, reason: "An incident." };
    expect((await second.post("/withheld", body)).status).toBe(403);
    expect((await owner.post("/withheld", { ...body, feed: connector })).status).toBe(400);
    const { id } = read(await owner.post("/withheld", body), 201, contract.made);
    expect((await owner.post("/withheld", body)).status).toBe(409);
    const { blockedByReason, counts } = await plan(owner, connector);
    expect({ add: counts.add, withheld: blockedByReason["withheld"] }).toEqual({ add: 0, withheld: 2 });
    expect((await owner.post(`/withheld/${id}/lift`)).status).toBe(204);
    expect((await plan(owner, connector)).blockedByReason["withheld"]).toBeUndefined();
  });

  it("says what small networks cost before they are taken, and gives the scripts of the guide", async () => {
    const indicators = ["45.155.204.0/30", "45.155.204.0/29"].map((value) => ({ value }));
    read(await owner.post("/indicators", { team: slug, indicators }), 200, contract.added);
    const cost = z.object({ networks: z.number(), nested: z.number(), places: z.number() });
    const count = async (more: object) =>
      read(await owner.post("/connectors/networks/count", { team: slug, ...more }), 200, cost);
    expect(await count({})).toEqual({ networks: 2, nested: 1, places: 8 });
    expect(await count({ upTo: 4 })).toEqual({ networks: 1, nested: 0, places: 4 });
    expect(await count({ types: ["domain"] })).toEqual({ networks: 0, nested: 0, places: 0 });

    const scripts = z.object({ grants: z.array(z.object({ what: z.string() })), azureCli: z.string() });
    const address = "/connectors/setup?kind=sentinel&workspaceName=our-soc";
    const { grants, azureCli } = read(await second.get(address), 200, scripts);
    expect(grants).toEqual([{ what: "Microsoft Sentinel Contributor" }]);
    expect(azureCli).toContain("our-soc");
    expect((await second.get("/connectors/setup?kind=elsewhere")).status).toBe(400);
  });
});
