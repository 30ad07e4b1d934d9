import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { startSandbox } from "@/sandbox/server";

import { describeDestination, type Harness } from "../contract-tests";
import { openDestination, type DestinationSettings } from "../registry";
import { outgoing } from "../testing/records";
import { steer, teamA, type TestSandbox } from "../testing/sandbox";

const tableSchema = z.object({ rows: z.array(z.object({ ObservableValue: z.string() })) });
const FAULTS = {
  throttled: { answer: "sentinel-throttled" },
  unauthorized: { answer: "sentinel-unauthorized" },
  "gateway-page": { answer: "gateway-html" },
  reset: { reset: true },
  truncated: { truncateAfterBytes: 40 },
};

const openHarness = (switches: object) => async (): Promise<Harness> => {
  const sandbox = steer(await startSandbox({ port: 0 }));
  const settings = { ...teamA(sandbox), kind: "sentinel" } as const;
  return {
    open: (change = {}) => openDestination({ ...settings, ...change }),
    reset: async () => {
      await sandbox.control("POST", "reset");
      await sandbox.control("PUT", "switches", switches);
    },
    storedValues: async () => {
      const table = await sandbox.control(
        "GET",
        `workspaces/${settings.workspaceId ?? ""}/table?view=active`,
      );
      return tableSchema
        .parse(table)
        .rows.map(({ ObservableValue }) => ObservableValue)
        .toSorted();
    },
    countWrites: async () => (await sandbox.received(":upload")).length,
    breakNext: async (answer, times = 1) => {
      // The upload lies below /sentinel, the query below /arm.
      for (const path of ["/sentinel/*", "/arm/*"]) {
        await sandbox.control("POST", "faults", { ...FAULTS[answer], times, match: { path } });
      }
    },
    refusable: (number) => outgoing(number, { stixId: `indicator--${String(number)}` }),
    checkNames: ["Token", "Workspace", "Write", "Read"],
    close: sandbox.close,
  };
};

describeDestination("Sentinel", openHarness({}));
describeDestination(
  "Sentinel with every switch the other way",
  openHarness({
    sentinelErrorList: "validationErrorMessages",
    sentinelNoValidObject: "errors",
    sentinelRetryAfter: "present",
    sentinelOlderModified: "ignore",
    sentinelQueryInactive: "show",
    sentinelUserInfo: "empty",
    sentinelClauseConnective: "And",
    sentinelRefusalOrder: "body-first",
    entraTokenVersion: "2.0",
    entraExpiresIn: "text",
  }),
);

describe("the test of a connection to a Sentinel that looks at the body before the role", () => {
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = steer(await startSandbox({ port: 0 }));
    await sandbox.control("PUT", "switches", { sentinelRefusalOrder: "body-first" });
    const { tenantId, clientId } = teamA(sandbox);
    await sandbox.control("POST", "applications", { tenantId, clientId, sentinelContributorOn: [] });
  });
  afterAll(() => sandbox.close());
  const test = (change: Partial<DestinationSettings>) =>
    openDestination({ ...teamA(sandbox), kind: "sentinel", ...change }).test();

  it("does not pass without the role where it can be read back", async () => {
    const read = (await test({})).find(({ name }) => name === "Read");

    expect(read?.ok).toBe(false);
    expect(read?.fix).toContain("Microsoft Sentinel Contributor");
  });

  it("does not call the right to write certain", async () => {
    const write = (await test({ azure: null })).find(({ name }) => name === "Write");

    expect(write?.detail).toContain("certain only after its first upload");
  });
});
