import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Subject } from "@/lib/domain/delivery/prevalence";
import { startSandbox } from "@/sandbox/server";

import type { Operation } from "../contract";
import { openDestination } from "../registry";
import { steer, teamA } from "../testing/sandbox";
import { readStatistics } from "./prevalence";

const DOMAIN: Subject = { kind: "domain", name: "seen.example.com", isWhole: true };
const ADDRESS: Subject = { kind: "address", name: "2001:db8::9", isWhole: true };
const FILE: Subject = { kind: "file", name: "ab".repeat(32), isWhole: true };
const ROLES = ["Ti.ReadWrite", "URL.Read.All", "Ip.Read.All", "File.Read.All"];

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
/** By the token that is in use; `isAnew`: by one that carries what is granted now. */
const ask = async (subject: Subject, { isAnew = false } = {}) => {
  const settings = { ...teamA(sandbox), kind: "defender" } as const;
  const destination = openDestination({
    ...settings,
    pace: (operation) => {
      paced.push(operation);
      return Promise.resolve();
    },
  });
  if (isAnew) await destination.test();
  paced.length = 0;
  return destination.prevalence?.(subject);
};

describe("how widely Defender has seen something", () => {
  it("is the number of devices, under a rate of its own", async () => {
    await grant(ROLES);
    const sightings = [
      { value: DOMAIN.name, devices: 1204, lastSeen: "2026-11-20T00:00:00Z" },
      { value: ADDRESS.name, devices: 3 },
    ];
    await sandbox.control("POST", "seed", { sightings });

    expect(await ask(DOMAIN)).toEqual({
      status: "known",
      devices: 1204,
      lastSeen: new Date("2026-11-20T00:00:00Z"),
    });
    expect(paced).toEqual(["defender.statistics"]);
    expect(await ask(ADDRESS)).toEqual({ status: "known", devices: 3, lastSeen: null });
  });

  it("is none for a file that the tenant does not know", async () => {
    await grant(ROLES);

    expect(await ask(FILE)).toEqual({ status: "known", devices: 0, lastSeen: null });
  });

  it("reads the older form of the answer, a number as text", async () => {
    await grant(ROLES);
    await sandbox.control("PUT", "switches", { defenderStatistics: "text" });

    expect(await ask(DOMAIN)).toEqual({ status: "known", devices: 0, lastSeen: null });
  });

  it("is not asked for without the permission, which the answer names", async () => {
    await grant(ROLES.filter((role) => role !== "URL.Read.All"));

    expect(await ask(DOMAIN, { isAnew: true })).toEqual({
      status: "not-permitted",
      permission: "URL.Read.All",
    });
    expect(await sandbox.received("/stats")).toEqual([]);
  });

  it("is asked for with a new token where the permission was granted after the one in use", async () => {
    await grant(["Ti.ReadWrite"]);
    expect(await ask(DOMAIN, { isAnew: true })).toMatchObject({ status: "not-permitted" });
    await grant(ROLES);

    expect(await ask(DOMAIN)).toMatchObject({ status: "known" });
  });

  it("throws where nothing was answered", async () => {
    await grant(ROLES);
    const match = { path: "/defender/api/domains/*" };
    await sandbox.control("POST", "faults", { match, answer: "defender-throttled" });

    await expect(ask(DOMAIN)).rejects.toThrow("Defender asked us to wait");
  });

  it.each([
    ["has no figure", 200, {}, "Defender's answer holds no figure."],
    ["refuses the value", 400, { error: { code: "InvalidInput", message: "No." } }, "No."],
  ])("is unknown where the answer %s", (_what, status, json, reason) => {
    const answer = { status, headers: {}, text: JSON.stringify(json), json };

    expect(readStatistics(answer, DOMAIN, () => new Date())).toEqual({ status: "unknown", reason });
  });
});
