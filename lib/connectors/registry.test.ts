import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { startSandbox } from "@/sandbox/server";

import type { Check, Destination, Operation, RemoteRecord } from "./contract";
import { readCertificate } from "./entra/read-certificate";
import { RATE_LIMITS } from "./limits";
import { openDestination, type DestinationSettings } from "./registry";
import { outgoing, withdrawn } from "./testing/records";
import { steer, teamA, type TestSandbox } from "./testing/sandbox";

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = steer(await startSandbox({ port: 0 }));
});
beforeEach(() => sandbox.control("POST", "reset"));
afterAll(() => sandbox.close());

const open = (kind: "defender" | "sentinel", change: Partial<DestinationSettings> = {}): Destination =>
  openDestination({ ...teamA(sandbox), kind, ...change });
/** Another preset application of the same tenant. */
const as = (number: number, displayName: string): Pick<DestinationSettings, "clientId" | "credential"> => ({
  clientId: `a0000001-1a1a-4b2b-8c3c-${String(number).padStart(12, "0")}`,
  credential: { kind: "secret", secret: `sandbox~secret~of~${displayName}` },
});
const teamB = () => as(2, "TPI_TeamB");
const listAll = async (destination: Destination): Promise<RemoteRecord[]> => {
  const all: RemoteRecord[] = [];
  for await (const page of destination.list()) all.push(...page);
  return all;
};
const failed = (checks: readonly Check[]): Check | undefined => checks.find(({ ok }) => !ok);

describe("testing a connection", () => {
  it("tells of missing consent which permission to grant", async () => {
    const check = failed(await open("defender", as(4, "TPI_NoConsent")).test());

    expect(check).toMatchObject({
      name: "Permission",
      detail: "The token carries no permission at all; Ti.ReadWrite is missing.",
    });
    expect(check?.fix).toContain("WindowsDefenderATP › Application permissions › Ti.ReadWrite");
  });

  it("shows a permission that was granted a moment ago", async () => {
    const settings = as(4, "TPI_NoConsent");
    await open("defender", settings).test();
    const { tenantId } = teamA(sandbox);
    await sandbox.control("POST", "applications", {
      tenantId,
      clientId: settings.clientId,
      roles: ["Ti.ReadWrite"],
    });

    expect(failed(await open("defender", settings).test())).toBeUndefined();
  });

  it("tells of a feature that is turned off where to turn it on", async () => {
    await sandbox.control("POST", "faults", {
      answer: "defender-disabled-feature",
      match: { method: "POST", path: "/defender/*" },
    });

    expect(failed(await open("defender").test())).toMatchObject({
      name: "Write",
      fix: expect.stringContaining("Advanced features") as unknown,
    });
  });

  it("tells of an expired secret to make a new one", async () => {
    const check = failed(await open("defender", as(5, "TPI_ExpiredSecret")).test());

    expect(check).toMatchObject({ name: "Token", detail: "The client secret has expired (AADSTS7000222)." });
    expect(check?.fix).toContain("Make a new client secret");
  });

  it.each([
    ["unknown", "5e9000ff-0a0a-4b0b-8c0c-0000000000ff", "Workspace", "GUID on the workspace's overview page"],
    ["given by name", "contoso-soc", "Workspace", "GUID on the workspace's overview page"],
    [
      "without a role on it",
      "5e900002-0a0a-4b0b-8c0c-000000000002",
      "Write",
      "Microsoft Sentinel Contributor",
    ],
  ])("tells what is wrong with a workspace that is %s", async (_what, workspaceId, name, words) => {
    const check = failed(await open("sentinel", { workspaceId, azure: null }).test());

    expect(check).toMatchObject({ name, fix: expect.stringContaining(words) as unknown });
  });

  it("says that reading back was not checked without Azure names", async () => {
    const checks = await open("sentinel", { azure: null }).test();

    expect(checks.at(-1)).toMatchObject({
      name: "Read",
      ok: true,
      detail: expect.stringMatching(/^Not checked: no Azure names/) as unknown,
    });
  });

  it("names the three Azure names when they lead nowhere", async () => {
    const azure = {
      subscriptionId: "5b0000ff-0d0d-4e0e-8f0f-0000000000ff",
      resourceGroup: "rg",
      workspaceName: "ws",
    };

    expect(failed(await open("sentinel", { azure }).test())).toMatchObject({
      name: "Read",
      fix: expect.stringContaining("Azure") as unknown,
    });
  });
});

describe("signing in", () => {
  it("takes a certificate, its thumbprint with colons too", async () => {
    const { clientId } = teamB();
    const made = z
      .object({ certificatePem: z.string(), privateKeyPem: z.string() })
      .parse(await sandbox.control("POST", `applications/${clientId}/certificates`, {}));
    const { credential } = readCertificate(made.certificatePem + made.privateKeyPem, new Date());
    const withColons = credential.thumbprintSha256.toUpperCase().replaceAll(/(..)(?=.)/g, "$1:");

    expect(failed(await open("defender", { clientId, credential }).test())).toBeUndefined();
    expect(
      failed(
        await open("defender", {
          clientId,
          credential: { ...credential, thumbprintSha256: withColons },
        }).test(),
      ),
    ).toBeUndefined();
  });

  it("goes on when tokens run out in the middle", async () => {
    const destination = open("defender");
    await destination.push([outgoing(1)]);
    await sandbox.control("PUT", "clock", { advanceMs: 2 * 3_600_000 });

    expect(await destination.push([outgoing(2)])).toMatchObject([{ outcome: { status: "accepted" } }]);
  });

  it("asks for one token however many destinations of an application are opened and used at once", async () => {
    const settings = as(3, "TPI_Reader");
    await Promise.all(Array.from({ length: 8 }, () => listAll(open("defender", settings))));

    const tokens = (await sandbox.received("/oauth2/v2.0/token")).filter(({ status }) => status === 200);
    expect(tokens.length).toBeLessThanOrEqual(1);
  });
});

describe("two applications in one tenant", () => {
  it("keep to their own records", async () => {
    const ours = open("defender");
    const theirs = open("defender", teamB());
    const [receipt] = await ours.push([outgoing(1)]);
    const remoteId = receipt?.outcome.status === "accepted" ? receipt.outcome.remoteId : null;

    expect(await theirs.push([outgoing(1)])).toMatchObject([
      { outcome: { status: "rejected", code: "conflict" } },
    ]);
    expect(await listAll(theirs)).toEqual([]);
    expect(await theirs.withdraw([withdrawn(outgoing(1), remoteId)])).toMatchObject([
      { outcome: { status: "accepted" } },
    ]);
    expect(await listAll(ours)).toHaveLength(1);
  });

  it("are told apart in the list of one that may see all", async () => {
    await sandbox.control("POST", "seed", { foreign: 2, portal: 1, webCategory: 1 });
    await open("defender").push([outgoing(1)]);

    const seen = await listAll(open("defender", as(3, "TPI_Reader")));

    expect(seen).toHaveLength(5);
    expect(seen.filter(({ isOurs }) => isOurs)).toEqual([]);
    expect(seen.map(({ type }) => type)).toContain(null);
    expect((await listAll(open("defender"))).map(({ isOurs }) => isOurs)).toEqual([true]);
  });
});

it("learns the fill of a tenant from the refusal of what did not fit", async () => {
  await sandbox.control("POST", "seed", { foreign: 3, capacity: 4 });

  const receipts = await open("defender").push([outgoing(1), outgoing(2)]);

  expect(receipts.map(({ outcome }) => outcome)).toMatchObject([
    { status: "accepted" },
    { status: "rejected", code: "capacity", capacity: { total: 4, limit: 4 } },
  ]);
});

it("pushes a full batch of 500 in one request, and reads it back", async () => {
  const batch = Array.from({ length: 500 }, (_, index) => outgoing(index));
  const destination = open("defender");

  const receipts = await destination.push(batch);

  expect(new Set(receipts.map(({ outcome }) => outcome.status))).toEqual(new Set(["accepted"]));
  expect(await sandbox.received("/import")).toHaveLength(1);
  expect(await listAll(destination)).toHaveLength(500);
});

it("reads IPv6 back in the form it was given", async () => {
  const destination = open("defender");
  await destination.push([outgoing(1, { type: "ipv6", value: "2001:db8::a" })]);

  expect(await listAll(destination)).toMatchObject([{ type: "ipv6", value: "2001:db8::a" }]);
});

it("waits for its turn before every request to a service", async () => {
  const asked: Operation[] = [];
  const pace = (operation: Operation): Promise<void> => {
    asked.push(operation);
    return Promise.resolve();
  };
  const defender = open("defender", { pace });
  const sentinel = open("sentinel", { pace });
  await defender.push([outgoing(1)]);
  await defender.withdraw([withdrawn(outgoing(1), null)]);
  const [made] = (await defender.singly?.push([outgoing(2)])) ?? [];
  const remoteId = made?.outcome.status === "accepted" ? made.outcome.remoteId : null;
  await defender.singly?.withdraw([withdrawn(outgoing(2), remoteId)]);
  await sentinel.push([outgoing(1)]);
  await listAll(sentinel);

  expect(asked).toEqual([
    "defender.import",
    "defender.list",
    "defender.list",
    "defender.batchDelete",
    "defender.submit",
    "defender.delete",
    "sentinel.upload",
    "sentinel.query",
  ]);
  expect(Object.keys(RATE_LIMITS)).toEqual(expect.arrayContaining(asked));
});

describe("settings that can never work", () => {
  it.each([
    ["no sandbox", { sandboxOrigin: null }, "No sandbox runs here"],
    ["a sandbox elsewhere", { sandboxOrigin: "http://sandbox.example" }, "on this machine"],
    ["a cloud without an address", { cloud: "china" }, "has not published"],
    ["no workspace", { cloud: "public", workspaceId: null }, "workspace ID"],
  ] as const)("are refused when the destination is opened: %s", (_what, change, words) => {
    expect(() => open("sentinel", change)).toThrow(words);
  });
});

describe("a request that changes something", () => {
  const noted = async (fault: object | null, change: Partial<DestinationSettings> = {}) => {
    if (fault) await sandbox.control("POST", "faults", { match: { path: "*/import" }, ...fault });
    const seen: (number | null)[] = [];
    const destination = open("defender", { noteRefused: (status) => seen.push(status), ...change });
    await destination.push([outgoing(1)]).catch(() => undefined);
    return seen;
  };

  it.each([
    ["refused for a while", { status: 429 }, [429]],
    ["denied", { status: 403 }, [403]],
    ["refused twice, as with a token that had run out", { status: 401, times: 2 }, [401, 401]],
  ])("is told of when it was %s: nothing of it is there", async (_what, fault, statuses) => {
    expect(await noted(fault)).toEqual(statuses);
  });

  it.each([
    ["answered", null],
    ["not answered in time", { status: 408 }],
    ["answered by a failure", { status: 503 }],
    ["cut off", { reset: true, processed: true }],
    [
      "answered by more header text than is read",
      { status: 200, headers: { "x-filler": "x".repeat(20_000) } },
    ],
  ])("may be there when it was %s", async (_what, fault) => {
    expect(await noted(fault)).toEqual([]);
  });

  it("is told of when it was stopped before it left", async () => {
    expect(await noted(null, { isDryRun: true })).toEqual([null]);
  });
});
