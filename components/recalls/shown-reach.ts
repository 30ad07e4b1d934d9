import { z } from "zod";

import { CONNECTOR_MODES } from "@/lib/domain/connector/kinds";

const reachSchema = z.object({
  /** How many values come back in the team, where that is known apart from destinations. */
  returning: z.number().optional(),
  /** How many other teams there are, and how much is taken back at their destinations, where somebody may ask that. */
  elsewhere: z.object({ teams: z.number(), remove: z.number(), onItsWay: z.number() }).optional(),
  /** Somebody has to plan where a person applies; else that is done with the act. */
  isUnplanned: z.boolean().optional(),
  lines: z.array(
    z.object({
      connectorId: z.string(),
      connector: z.string(),
      mode: z.enum(CONNECTOR_MODES),
      enabled: z.boolean(),
      /** "950 taken back". */
      counts: z.array(z.object({ word: z.string(), count: z.number() })),
      /** What is in pushes that have not ended. */
      onItsWay: z.number().optional(),
    }),
  ),
});

/** What a line says of what nobody has to do anything about. */
export const STAYING = "stand there and stay";
/** What a line says of what may go while a connector is paused, too. */
export const TAKEN_BACK = "taken back";

/** What an act would do, connector by connector. */
export type ShownReach = z.output<typeof reachSchema>;

/** How much is on its way to one destination, over its pushes. */
export const sumOnItsWay = (ways: readonly { count: number }[]): number =>
  ways.reduce((sum, { count }) => sum + count, 0);

/** Reads the answer of a check; `null` for anything that is none. */
export const parseReach = (data: unknown): ShownReach | null => reachSchema.safeParse(data).data ?? null;
