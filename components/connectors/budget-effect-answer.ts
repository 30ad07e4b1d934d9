import { z } from "zod";

const shift = { leave: z.number(), come: z.number(), stay: z.number() };
const effectSchema = z.object({
  ...shift,
  standing: z.number(),
  room: z.number(),
  teams: z.array(z.object({ id: z.string(), name: z.string(), ...shift })),
  feeds: z.array(z.object({ id: z.string(), name: z.string(), team: z.string(), ...shift })),
});

/** What a change of a tenant's budget would do. */
export type BudgetEffect = z.output<typeof effectSchema>;

/** Reads the answer of the check; `null` for anything that is none. */
export const parseBudgetEffect = (data: unknown): BudgetEffect | null =>
  effectSchema.safeParse(data).data ?? null;
