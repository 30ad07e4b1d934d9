import { z } from "zod";

import { startSandbox } from "@/sandbox/server";

import { describeDestination, type Harness } from "../contract-tests";
import { openDestination } from "../registry";
import { outgoing } from "../testing/records";
import { steer, teamA } from "../testing/sandbox";

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
    entraTokenVersion: "2.0",
    entraExpiresIn: "text",
  }),
);
