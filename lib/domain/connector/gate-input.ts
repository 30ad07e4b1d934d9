import { z } from "zod";

import { patchFields } from "@/lib/domain/patch-fields";

/** What a connector does with a value whose prevalence nobody could tell in time. */
const WHEN_UNKNOWN = ["wait", "audit"] as const;

/** What keeps a value from being blocked until a person lets it through. */
export const gateSchema = z
  .strictObject({
    maxPrevalence: z
      .number("Give a number of devices.")
      .int()
      .min(0)
      .max(10_000_000)
      .nullable()
      .default(null)
      .meta({
        description:
          "What more devices than this saw in the last 30 days is not blocked; null: however many. Needs URL.Read.All, Ip.Read.All and File.Read.All.",
      }),
    nearAllowlist: z.boolean().default(false).meta({
      description: "What is close to something on an allowlist, or on a list that warns, is not blocked.",
    }),
    otherTeams: z.boolean().default(false).meta({
      description: "What another team of this installation withdrew, recalled or allows is not blocked.",
    }),
    whenUnknown: z.enum(WHEN_UNKNOWN).default("wait").meta({
      description:
        "What becomes of a value whose prevalence is not known after a day, or may not be asked for: it waits for a person, or is only watched.",
    }),
  })
  .refine(
    ({ maxPrevalence, nearAllowlist, otherTeams }) => maxPrevalence !== null || nearAllowlist || otherTeams,
    { message: "Say what the gate is to look at, or switch it off.", path: ["maxPrevalence"] },
  );
export type Gate = z.output<typeof gateSchema>;

/** A change of a gate, field by field; what comes of it is judged as a gate. */
export const gatePatchSchema = z.strictObject(patchFields(gateSchema.shape));

/** Why only Defender's connectors have a gate. */
export const DEFENDER_GATE = "Only what Defender is to block passes a gate.";

/** The gate of a stored row; what an older version left out takes its default. */
export const storedGateSchema = z.object(gateSchema.shape).nullable();

/** A gate in a few words. */
export const describeGate = ({ maxPrevalence, nearAllowlist, otherTeams, whenUnknown }: Gate): string => {
  const parts: string[] = [];
  if (maxPrevalence !== null)
    parts.push(
      `seen on more than ${maxPrevalence.toLocaleString("en-US")} ${maxPrevalence === 1 ? "device" : "devices"} (unknown: ${whenUnknown === "wait" ? "waits for a person" : "Audit"})`,
    );
  if (nearAllowlist) parts.push("close to an allowlist");
  if (otherTeams) parts.push("disputed by another team");
  return `Not blocked: what is ${parts.join(", or ")}`;
};
