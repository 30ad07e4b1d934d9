import { z } from "zod";

import { startSandbox } from "@/sandbox/server";

import { describeDestination, type Harness } from "../contract-tests";
import { openDestination } from "../registry";
import { outgoing } from "../testing/records";
import { steer, teamA } from "../testing/sandbox";
import { DEFENDER_LIMITS } from "./limits";

const stateSchema = z.object({
  tenants: z.array(
    z.object({ defender: z.object({ indicators: z.array(z.object({ indicatorValue: z.string() })) }) }),
  ),
});
const FAULTS = {
  throttled: { answer: "defender-throttled" },
  unauthorized: { answer: "defender-unauthorized" },
  "gateway-page": { answer: "gateway-html" },
  reset: { reset: true },
  truncated: { truncateAfterBytes: 40 },
};

const openHarness = (switches: object) => async (): Promise<Harness> => {
  const sandbox = steer(await startSandbox({ port: 0 }));
  const settings = { ...teamA(sandbox), kind: "defender" } as const;
  return {
    open: (change = {}) => openDestination({ ...settings, ...change }),
    reset: async () => {
      await sandbox.control("POST", "reset");
      await sandbox.control("PUT", "switches", { defenderDocumentationRanges: "refuse", ...switches });
    },
    storedValues: async () => {
      const { tenants } = stateSchema.parse(
        await sandbox.control("GET", `state?tenant=${settings.tenantId}`),
      );
      return tenants
        .flatMap(({ defender }) => defender.indicators.map(({ indicatorValue }) => indicatorValue))
        .toSorted();
    },
    countWrites: async () =>
      (await sandbox.received("/import")).length + (await sandbox.received("/BatchDelete")).length,
    breakNext: async (answer, times = 1) => {
      await sandbox.control("POST", "faults", { ...FAULTS[answer], times, match: { path: "/defender/*" } });
    },
    // A documentation address: we take it for external, this position of the switch does not.
    refusable: (number) => outgoing(number, { type: "ipv4", value: `203.0.113.${String(number)}` }),
    checkNames: ["Token", "Permission", "Read", "Write"],
    close: sandbox.close,
  };
};

describeDestination("Defender", openHarness({}));
describeDestination(
  "Defender with every switch the other way",
  openHarness({
    defenderPastExpiry: "item",
    defenderInvalidValue: "request",
    defenderUpsertKey: "without-action",
    defenderForeignUpsert: "separate",
    defenderForeignDelete: "forbidden",
    defenderMd5: "refuse",
    defenderBatchDelete: "partial",
    defenderNextLink: "present",
    defenderEmptyImport: "bad-request",
    defenderFailedId: "empty",
    defenderUnknownProperty: "refuse",
    defenderCapacityLagMs: 20_000,
    defenderDeviceGroups: "checked",
    defenderMaxTitle: DEFENDER_LIMITS.characters.title,
    defenderMaxDescription: DEFENDER_LIMITS.characters.description,
    entraTokenVersion: "2.0",
    entraExpiresIn: "text",
  }),
);
