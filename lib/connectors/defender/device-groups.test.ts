import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startSandbox } from "@/sandbox/server";

import type { Operation } from "../contract";
import { openDestination } from "../registry";
import { steer, teamA } from "../testing/sandbox";

const WITH_SCORES = ["Ti.ReadWrite", "Score.Read.All"];

let sandbox: ReturnType<typeof steer>;
const paced: Operation[] = [];

beforeAll(async () => {
  sandbox = steer(await startSandbox({ port: 0 }));
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.control("POST", "reset");
  paced.length = 0;
});

const grant = (roles: readonly string[]) => {
  const { tenantId, clientId } = teamA(sandbox);
  return sandbox.control("POST", "applications", { tenantId, clientId, roles });
};
const answerWith = (fault: object) =>
  sandbox.control("POST", "faults", { match: { path: "*/ByMachineGroups" }, times: null, ...fault });
const namesOf = (from: number, count: number) =>
  Array.from({ length: count }, (_, place) => ({ rbacGroupName: `Group ${String(from + place)}` }));
/** The check of device groups, by a connector that names these; undefined where there is none. */
const check = async (named: readonly string[]) => {
  const settings = { ...teamA(sandbox), kind: "defender" } as const;
  const pace = (operation: Operation) => {
    paced.push(operation);
    return Promise.resolve();
  };
  const checks = await openDestination({ ...settings, pace }).test(undefined, named);
  return checks.find(({ name }) => name === "Device groups");
};

describe("the test of a connection that names device groups", () => {
  it("finds those that the tenant has", async () => {
    await grant(WITH_SCORES);
    expect(await check(["Servers", "Workstations"])).toEqual({
      ...{ name: "Device groups", ok: true, fix: "" },
      detail: "Defender has “Servers”, “Workstations”.",
    });
    expect(paced).toContain("defender.deviceGroups");
  });

  it("names one that it has not beside those that there are, and passes: there it may be, without a score", async () => {
    await grant(WITH_SCORES);
    expect(await check(["Servers", "Workstation"])).toMatchObject({
      ok: true,
      detail: expect.stringContaining(
        "Defender names no device group “Workstation”. It names “Servers”, “Workstations”.",
      ) as string,
      fix: expect.stringContaining("Settings › Endpoints › Device groups") as string,
    });
  });

  it("says that nobody looked where the application may not ask, and asks nothing", async () => {
    expect(await check(["Workstation"])).toMatchObject({
      ok: true,
      detail: expect.stringContaining(
        "Not checked whether Defender has “Workstation”: that needs Score.Read.All",
      ) as string,
    });
    expect(paced).not.toContain("defender.deviceGroups");
  });

  it("says so, too, where the token carries the permission and Defender refuses all the same", async () => {
    await grant(WITH_SCORES);
    await answerWith({ status: 403, body: {} });
    expect(await check(["Servers"])).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^Not checked/) as string,
    });
  });

  it.each([
    ["none", { status: 503, body: {} }],
    ["not a list", { status: 200, body: { value: "Servers" } }],
  ])("concludes nothing from an answer that is %s, and says so", async (_what, answer) => {
    await grant(WITH_SCORES);
    await answerWith(answer);
    expect(await check(["Servers"])).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^Not checked whether Defender has “Servers”: ./) as string,
      fix: expect.stringMatching(/^Test again in a few minutes/) as string,
    });
  });

  it("reads on behind a full page, and ends where a page brings nothing new", async () => {
    await grant(WITH_SCORES);
    await answerWith({ times: 1, status: 200, body: { value: namesOf(0, 1_000) } });
    await answerWith({ status: 200, body: { value: namesOf(1_000, 1) } });
    expect(await check(["Group 1000"])).toMatchObject({ ok: true, fix: "" });

    await sandbox.control("DELETE", "faults");
    await answerWith({ status: 200, body: { value: namesOf(0, 1_000) } });
    expect(await check(["Group 1000"])).toMatchObject({
      detail: expect.stringContaining("no device group “Group 1000”") as string,
    });
  });

  it("has no such step where none is named", async () => {
    await grant(WITH_SCORES);
    expect(await check([])).toBeUndefined();
    expect(paced).not.toContain("defender.deviceGroups");
  });
});
