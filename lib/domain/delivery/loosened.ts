import { z } from "zod";

import {
  findExcess,
  isRaised,
  planLimitsSchema,
  strictestOf,
  type Earlier,
  type LimitedCounts,
  type PlanLimits,
} from "./plan-limits";

/**
 * Who raised or removed the limits of a second person, when, and which held before: for whoever that was, these go on. `isInherited`: a
 * connector was set up, or led, to where others of the team had these.
 */
export const loosenedSchema = z.object({
  by: z.uuid(),
  byName: z.string(),
  at: z.coerce.date(),
  former: z.object(planLimitsSchema.shape),
  isInherited: z.boolean().default(false),
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
  const own = known?.by === userId ? known : null;
  const former = own ? own.former : before;
  if (former === null || !isRaised(former, after)) return null;
  return { by: userId, byName: name, at: now, former, isInherited: own?.isInherited ?? false };
};

type Led = {
  /** What others of the team have where the connector leads to, and what is known of changes of that. */
  others: readonly { approval: PlanLimits | null; loosened: Loosened | null }[];
  approval: PlanLimits | null;
  by: Change["by"];
  now: Date;
};

/**
 * What is kept of leading a connector to where others of the team have limits: as if each of these had been changed to what this one has,
 * the strictest of them. So another connector is no way around what somebody set.
 */
export const inheritLimits = ({ others, approval: after, by, now }: Led): Loosened | null => {
  const kept = others.flatMap(
    ({ approval: before, loosened }) => noteChange(loosened, { before, after, by, now }) ?? [],
  );
  const own = kept.filter((one) => one.by === by.userId);
  const held = (own.length > 0 ? own : kept).reduce<Loosened | null>(holdBoth, null);
  return held && { ...held, isInherited: true };
};

/** Both, where one person raised both; else the first that there is. */
export const holdBoth = (one: Loosened | null, other: Loosened | null): Loosened | null => {
  if (one === null || other === null) return one ?? other;
  return one.by === other.by ? { ...one, former: strictestOf(one.former, other.former) } : one;
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
export const describeLoosened = ({ byName, at, isInherited }: Loosened): string => {
  const day = at.toISOString().slice(0, 10);
  const what = isInherited
    ? `That is the limit of another connector to the same place, and ${byName} led this one there on ${day}`
    : `That was the limit before ${byName} raised it on ${day}`;
  return `${what}; until somebody else confirms the new one, it takes another person than ${byName}.`;
};
