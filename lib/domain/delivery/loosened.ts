import { z } from "zod";

import {
  findExcess,
  isRaised,
  planLimitsSchema,
  type Earlier,
  type LimitedCounts,
  type PlanLimits,
} from "./plan-limits";

/** Who raised or removed the limits of a second person, when, and which held before: for whoever that was, these go on. */
export const loosenedSchema = z.object({
  by: z.uuid(),
  byName: z.string(),
  at: z.coerce.date(),
  former: z.object(planLimitsSchema.shape),
});
export type Loosened = z.output<typeof loosenedSchema>;

type Change = {
  before: PlanLimits | null;
  after: PlanLimits | null;
  by: { userId: string; name: string };
  now: Date;
};

/**
 * What is kept of a change of the limits. Several by one person count as one; whoever else changes them stands for all of them as they
 * are then.
 */
export const noteChange = (
  known: Loosened | null,
  { before, after, by: { userId, name }, now }: Change,
): Loosened | null => {
  if (!isRaised(before, after) && !isRaised(after, before)) return known;
  const former = known?.by === userId ? known.former : before;
  if (former === null || !isRaised(former, after)) return null;
  return { by: userId, byName: name, at: now, former };
};

/** Who applies and who made a plan; null is the product itself. `earlier`: what the same person did alone within the last hour. */
type People = { applierId: string | null; authorId: string | null; earlier?: Earlier | undefined };

/**
 * What of a plan is more than the limits that held before they were raised, where nobody but whoever raised them has a part in it;
 * nothing otherwise.
 */
export const findFormerExcess = (
  loosened: Loosened | null,
  counts: LimitedCounts,
  { applierId, authorId, earlier }: People,
): string[] => {
  if (loosened === null) return [];
  const isAlone = [applierId, authorId].every((id) => id === null || id === loosened.by);
  const excess = isAlone ? findExcess(loosened.former, counts, { earlier }) : [];
  return excess.length === 0 ? [] : [...excess, describeLoosened(loosened)];
};

/** Why limits hold that are not set any more, in a sentence. */
export const describeLoosened = ({ byName, at }: Loosened): string =>
  `That was the limit before ${byName} raised it on ${at.toISOString().slice(0, 10)}; until somebody else confirms the new one, it takes another person than ${byName}.`;
