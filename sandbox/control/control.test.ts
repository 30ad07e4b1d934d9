import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import {
  CONTOSO,
  credentialOf,
  FABRIKAM,
  pick,
  pickList,
  startHarness,
  workspaceOf,
  type Harness,
} from "../testing/harness";
import { anyText, objectWith } from "../testing/matchers";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const presetsShape = z.object({
  tenants: z
    .array(
      z.object({
        tenantId: z.uuidv4(),
        displayName: z.string(),
        domain: z.string(),
        applications: z.array(
          z.object({
            displayName: z.string(),
            clientId: z.uuidv4(),
            clientSecret: z.string(),
            roles: z.array(z.string()),
            sentinelContributorOn: z.array(z.uuidv4()),
          }),
        ),
        workspaces: z.array(
          z.object({
            workspaceId: z.uuidv4(),
            name: z.string(),
            subscriptionId: z.uuidv4(),
            resourceGroup: z.string(),
          }),
        ),
      }),
    )
    .length(2),
  feeds: z.array(z.object({ name: z.string(), kind: z.string(), url: z.url() })),
});

describe("the presets", () => {
  it("hold all that a form needs", async () => {
    const presets = presetsShape.parse((await sandbox.control("GET", "/presets")).body);

    expect(presets.tenants[0]?.applications.map(({ displayName }) => displayName)).toEqual([
      "TPI_TeamA",
      "TPI_TeamB",
      "TPI_Reader",
      "TPI_NoConsent",
      "TPI_ExpiredSecret",
    ]);
  });

  it("name feeds that answer", async () => {
    const { feeds } = presetsShape.parse((await sandbox.control("GET", "/presets")).body);
    const simple = feeds.filter(({ kind }) => kind === "csv" || kind === "freetext");

    for (const feed of simple) expect([200, 401]).toContain((await sandbox.request("GET", feed.url)).status);
  });
});

describe("applications", () => {
  it("can be made, changed and taken away", async () => {
    const made = await sandbox.control("POST", "/applications", {
      tenantId: CONTOSO.tenantId,
      displayName: "TPI_New",
      clientSecret: "s",
      roles: ["Ti.ReadWrite"],
    });
    const clientId = String(pick(made.body, "clientId"));
    const ask = () =>
      sandbox.askToken(CONTOSO.tenantId, {
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: "s",
        scope: "https://management.azure.com/.default",
      });

    expect(made.status).toBe(201);
    expect((await ask()).status).toBe(200);
    const changed = await sandbox.control("POST", "/applications", {
      tenantId: CONTOSO.tenantId,
      clientId,
      roles: [],
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { displayName: "TPI_New", roles: [], clientSecret: "s" },
    });
    expect((await sandbox.control("DELETE", `/applications/${clientId}`)).status).toBe(204);
    expect((await ask()).status).toBe(400);
  });

  it("of unknown tenants, and unknown ones, are 404", async () => {
    expect(
      (await sandbox.control("POST", "/applications", { tenantId: workspaceOf("contoso-soc").workspaceId }))
        .status,
    ).toBe(404);
    expect((await sandbox.control("DELETE", "/applications/none")).status).toBe(404);
    expect(
      (
        await sandbox.control("POST", `/applications/${credentialOf("TPI_TeamA").clientId}/certificates`, {
          certificatePem: "x",
        })
      ).status,
    ).toBe(400);
  });
});

it("adds a workspace", async () => {
  const workspace = {
    ...workspaceOf("contoso-soc"),
    workspaceId: "5e900009-0a0a-4b0b-8c0c-000000000009",
    name: "extra",
  };

  expect(
    (await sandbox.control("POST", "/workspaces", { tenantId: CONTOSO.tenantId, ...workspace })).status,
  ).toBe(201);
  expect((await sandbox.control("GET", `/workspaces/${workspace.workspaceId}/table`)).status).toBe(200);
});

describe("switches and limits", () => {
  it("change where named and nowhere else", async () => {
    const before = (await sandbox.control("GET", "/switches")).body;
    const after = (await sandbox.control("PUT", "/switches", { defenderMd5: "refuse" })).body;
    const limits = await sandbox.control("PUT", "/limits", {
      defender: { import: { perMinute: null } },
      sentinel: { objectsPerRequest: 7 },
    });

    expect(after).toEqual({ ...Object(before), defenderMd5: "refuse" });
    expect(limits.body).toMatchObject({
      defender: { capacity: 15_000, import: { perMinute: null, perHour: null }, submit: { perMinute: 100 } },
      sentinel: { objectsPerRequest: 7, upload: { perMinute: 100 } },
    });
  });

  it.each([
    ["/switches", { unknown: "x" }],
    ["/switches", { defenderMd5: "maybe" }],
    ["/limits", { defender: { capacity: -1 } }],
    ["/limits", { colour: "red" }],
    ["/clock", { offsetMs: 1, advanceMs: 1 }],
    ["/clock", { offsetMs: 9e15 }],
    ["/clock", "nonsense"],
  ])("refuse a wrong %s with %j, saying why", async (path, body) => {
    expect(await sandbox.control("PUT", path, body)).toMatchObject({
      status: 400,
      body: { error: { message: anyText } },
    });
  });
});

it("moves the clock by offset, by step and to a time", async () => {
  const offset = async (body: unknown) =>
    pick((await sandbox.control("PUT", "/clock", body)).body, "offsetMs");

  expect(await offset({ offsetMs: 5000 })).toBe(5000);
  expect(await offset({ advanceMs: -2000 })).toBe(3000);
  await sandbox.control("PUT", "/clock", { now: "2027-01-01T00:00:00Z" });
  expect(String(pick((await sandbox.control("GET", "/clock")).body, "now"))).toMatch(/^2027-01-01T00:00:0/);
});

describe("seeding", () => {
  it("makes foreign, portal-made and web category records, and sets the capacity", async () => {
    const answer = await sandbox.control("POST", "/seed", {
      foreign: 3,
      portal: 2,
      webCategory: 1,
      capacity: 9,
    });

    expect(answer.body).toMatchObject({ count: 6, capacity: 9 });
    const makers = pickList(
      (await sandbox.control("GET", "/state")).body,
      "tenants",
      0,
      "defender",
      "indicators",
    ).map((one) =>
      [pick(one, "indicatorType"), pick(one, "createdByDisplayName"), pick(one, "createdBySource")].join(" "),
    );
    expect(new Set(makers)).toEqual(
      new Set([
        "DomainName Contoso SOAR PublicApi",
        "DomainName Adele Vance Portal",
        "WebCategory Adele Vance Portal",
      ]),
    );
    expect((await sandbox.control("POST", "/seed", { capacity: null })).body).toMatchObject({
      capacity: 15_000,
    });
  });

  it("makes records to measure", async () => {
    const { clientId } = credentialOf("TPI_TeamB");
    await sandbox.control("POST", "/seed", {
      records: [
        {
          indicatorValue: "123.123.123.123",
          indicatorType: "IpAddress",
          action: "Allowed",
          createdBy: clientId,
        },
      ],
    });

    expect(
      pickList((await sandbox.as("TPI_TeamB", "GET", "/defender/api/indicators")).body, "value"),
    ).toMatchObject([
      { indicatorValue: "123.123.123.123", action: "Allowed", createdByDisplayName: "TPI_TeamB" },
    ]);
  });

  it("refuses what it does not know", async () => {
    expect((await sandbox.control("POST", "/seed", { foreigners: 1 })).status).toBe(400);
    expect(
      (await sandbox.control("POST", "/seed", { tenantId: workspaceOf("contoso-soc").workspaceId })).status,
    ).toBe(404);
  });
});

describe("the state dump", () => {
  it("can be confined to a tenant and to figures", async () => {
    await sandbox.control("POST", "/seed", { foreign: 1 });

    const whole = await sandbox.control("GET", "/state");
    const part = await sandbox.control("GET", `/state?tenant=${FABRIKAM.tenantId}&summary=1`);

    expect(pickList(whole.body, "tenants")).toHaveLength(2);
    expect(pickList(part.body, "tenants")).toEqual([
      {
        tenantId: FABRIKAM.tenantId,
        displayName: "Fabrikam",
        defender: { capacity: 15_000, count: 0, sightings: 0 },
        workspaces: [objectWith({ name: "fabrikam-soc", rowCount: 0, activeCount: 0 })],
      },
    ]);
  });

  it("is emptied by a reset", async () => {
    await sandbox.control("POST", "/seed", { foreign: 5, capacity: 6 });
    await sandbox.control("PUT", "/clock", { advanceMs: 1000 });
    await sandbox.control("POST", "/faults", { status: 500 });

    await sandbox.control("POST", "/reset");

    expect((await sandbox.control("GET", "/state?summary=1")).body).toMatchObject({
      clockOffsetMs: 0,
      faults: [],
      tenants: [{ defender: { count: 0, capacity: 15_000 } }, {}],
    });
  });

  it("refuses an unknown view of the table", async () => {
    expect(
      (await sandbox.control("GET", `/workspaces/${workspaceOf("contoso-soc").workspaceId}/table?view=x`))
        .status,
    ).toBe(400);
    expect((await sandbox.control("GET", "/workspaces/none/table")).status).toBe(404);
  });
});

it("is not steered by a page of another origin", async () => {
  const steer = (origin: string) => sandbox.request("POST", "/_control/reset", { headers: { origin } });

  expect((await steer("https://evil.example.com")).status).toBe(403);
  expect((await steer("null")).status).toBe(403);
  expect((await steer(sandbox.url)).status).toBe(204);
});
