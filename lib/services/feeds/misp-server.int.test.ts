import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import { useTestDatabase } from "@/lib/testing/database";
import { letHoursPass } from "@/lib/testing/fault-desk";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { makeDesk, steer } from "./testing/sandbox-feed";
import { updateFeed } from "./update-feed";

const database = useTestDatabase();
let sandbox: Sandbox;
let control: ReturnType<typeof steer>;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  control = steer(sandbox);
});
afterAll(() => sandbox.close());

let team: TestTeam;
let actor: Awaited<ReturnType<typeof makeActor>>;
let desk: ReturnType<typeof makeDesk>;
beforeEach(async () => {
  await control.call("POST", "/reset");
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  desk = makeDesk(team, actor);
});

const KEY = "SluiceSandboxMispKey0123456789abcdefghij";
const addServer = (misp: object = {}, more: object = {}) =>
  desk.add({
    kind: "misp-server",
    url: `${sandbox.url}/feeds/misp-server/events/index`,
    auth: { type: "misp", key: KEY },
    misp,
    ...more,
  });
const valuesOf = (rows: readonly { value: string }[]): string[] => rows.map(({ value }) => value);

describe("a MISP server", () => {
  it("is read whole at first and then by its changes; a revoked attribute goes, a deleted one at night", async () => {
    const feed = await addServer();
    const first = await desk.run(feed);
    expect(first).toMatchObject({ state: "succeeded", extent: "full", counts: { added: 23, active: 23 } });
    expect(await desk.run(feed)).toMatchObject({ state: "unchanged", extent: "delta" });

    await control.call("POST", "/feeds/misp", { version: 2 });
    const delta = await desk.run(feed);

    expect(delta).toMatchObject({
      state: "succeeded",
      extent: "delta",
      // Revoked: the URL; no longer meant for detection: an address.
      counts: { added: 4, removed: 2 },
    });
    const byDay = valuesOf(await desk.live(feed));
    expect(byDay).toContain("relay.example-sluice-demo.com");
    expect(byDay).not.toContain("45.155.249.31");
    // Without a trace, so nobody knows yet.
    expect(byDay).toContain("stage2.loader.example-sluice-demo.com");

    await letHoursPass(database, 20);
    const night = await desk.run(feed);

    expect(night).toMatchObject({ state: "succeeded", extent: "full", counts: { added: 0, removed: 7 } });
    const byNight = valuesOf(await desk.live(feed));
    expect(byNight).not.toContain("stage2.loader.example-sluice-demo.com");
    expect(byNight).not.toContain("mail-login.example-sluice-demo.net");
    expect(await desk.run(feed)).toMatchObject({ state: "unchanged", extent: "delta" });
  });

  it("carries the event's context, tags and marking", async () => {
    const feed = await addServer();
    await desk.run(feed);

    const rows = await desk.live(feed);

    expect(rows.find(({ value }) => value === "45.155.249.41")).toMatchObject({ tlp: 5 });
    expect(rows.find(({ value }) => value === "loader.example-sluice-demo.com")).toMatchObject({
      comment: "first stage",
      tlp: 2,
      tags: expect.arrayContaining(['misp:confidence-level="usually-confident"']) as string[],
      context: {
        origin: { info: "Demo: loader campaign with changing delivery hosts", org: "Sluice Demo CERT" },
      },
    });
  });

  it("is asked for smaller pages when a large one is too much for it", async () => {
    await control.call("PUT", "/switches", { mispMostAttributes: 50 });
    const feed = await addServer();

    expect(await desk.run(feed)).toMatchObject({ state: "succeeded", counts: { active: 23 } });
  });

  it("is asked for everything again after a change of its filters", async () => {
    const feed = await addServer();
    await desk.run(feed);
    await updateFeed(actor, feed, {
      misp: { ...feed.misp, filters: { type: ["sha256", "domain", "ip-dst", "url"] } },
    });

    const done = await desk.run(feed);

    expect(done).toMatchObject({ extent: "full", counts: { active: 12, removed: 11 } });
  });

  it("says what it refuses and removes nothing", async () => {
    const feed = await addServer();
    await desk.run(feed);
    await updateFeed(actor, feed, { auth: { type: "misp", key: "wrong" } });

    const failed = await desk.run(feed);

    expect(failed).toMatchObject({ state: "failed" });
    expect(failed.error?.message).toContain("refuses (HTTP 403). MISP says “Authentication failed.");
    expect(await desk.live(feed)).toHaveLength(23);
  });

  it("keeps its mark when a page of the changes fails, and sees them at the next run", async () => {
    const feed = await addServer();
    await desk.run(feed);
    await control.call("POST", "/feeds/misp", { version: 2 });
    await control.call("POST", "/faults", {
      match: { path: "/feeds/misp-server/attributes/restSearch" },
      skip: 1,
      times: null,
      status: 403,
      body: { name: "no", message: "Auth key is expired" },
    });
    expect(await desk.run(feed)).toMatchObject({ state: "failed" });
    await control.call("DELETE", "/faults");

    expect(await desk.run(feed)).toMatchObject({ extent: "delta", counts: { added: 4, removed: 2 } });
  });

  it("names at every run that nobody's certificate is checked", async () => {
    const feed = await addServer({}, { tls: { isInsecure: true } });

    expect((await desk.run(feed)).notes).toEqual([expect.objectContaining({ subject: "certificate" })]);
    expect((await desk.run(feed)).notes).toEqual([expect.objectContaining({ subject: "certificate" })]);
  });

  it("has an audit entry for whoever lets certificates go unchecked, and for whoever ends that", async () => {
    const feed = await addServer({}, { tls: { isInsecure: true } });
    await updateFeed(actor, feed, { tls: { caPem: null, isInsecure: false } });

    const entries = await asTeam(team.id, (tx) =>
      tx.auditEntry.findMany({
        where: { teamId: team.id, subjectId: feed.id, action: { in: ["feed.create", "feed.update"] } },
        orderBy: { id: "asc" },
        select: { detail: true },
      }),
    );
    expect(entries.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({ trustsAnyCertificate: true }),
      expect.objectContaining({ trustsAnyCertificate: false }),
    ]);
  });
});
