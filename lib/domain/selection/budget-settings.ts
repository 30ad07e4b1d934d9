import { z } from "zod";

/** More places than any destination has. */
const MOST_PLACES = 1_000_000;
/** How many places. */
export const places = z.number().int().min(0).max(MOST_PLACES);
const weight = z.number().int().min(0).max(10);

/** What of a candidate is weighed, in the order in which it is kept. */
export const PROPERTIES = ["confidence", "severity", "recency", "type", "sources"] as const;
export type PropertyName = (typeof PROPERTIES)[number];

export const weights = {
  confidence: weight,
  severity: weight,
  recency: weight,
  type: weight,
  sources: weight,
} satisfies Record<PropertyName, typeof weight>;
/** How much each property of a candidate counts. */
export type Weights = Record<PropertyName, number>;

/** `floor`: so many places are theirs before anybody competes. `ceiling`: no more than so many; null for no such limit. */
export const placeShareSchema = z
  .strictObject({ floor: places, ceiling: places.nullable() })
  .refine(({ floor, ceiling }) => ceiling === null || ceiling >= floor, {
    path: ["ceiling"],
    error: "A ceiling lies at the floor or above it.",
  });
export type PlaceShare = z.infer<typeof placeShareSchema>;
const shares = z.record(z.uuid(), placeShareSchema);

/** What stands counts as if it were so many points of confidence surer: small changes then replace nothing. */
export const steadiness = z.number().int().min(0).max(100);

/** Who gets a destination's places, as it is kept with the destination. Teams and feeds by id. */
export const budgetSettingsSchema = z.strictObject({
  headroom: places.default(0),
  steadiness: steadiness.default(5),
  weights: z
    .strictObject({
      confidence: weight.default(5),
      severity: weight.default(2),
      recency: weight.default(2),
      type: weight.default(1),
      sources: weight.default(1),
    })
    .prefault({}),
  teams: shares.default({}),
  feeds: shares.default({}),
});
export type BudgetSettings = z.infer<typeof budgetSettingsSchema>;

/** Only the fields given are changed; a team or a feed that is given null has no limits any more. */
export const budgetPatchSchema = z
  .strictObject({
    headroom: places,
    steadiness,
    weights: z.strictObject(weights).partial(),
    teams: z.record(z.uuid(), placeShareSchema.nullable()),
    feeds: z.record(z.uuid(), placeShareSchema.nullable()),
  })
  .partial();
export type BudgetPatch = z.infer<typeof budgetPatchSchema>;

/** The settings with a patch laid over them. */
export const patchBudget = (before: BudgetSettings, patch: BudgetPatch): BudgetSettings => ({
  headroom: patch.headroom ?? before.headroom,
  steadiness: patch.steadiness ?? before.steadiness,
  weights: {
    confidence: patch.weights?.confidence ?? before.weights.confidence,
    severity: patch.weights?.severity ?? before.weights.severity,
    recency: patch.weights?.recency ?? before.weights.recency,
    type: patch.weights?.type ?? before.weights.type,
    sources: patch.weights?.sources ?? before.weights.sources,
  },
  teams: patchShares(before.teams, patch.teams),
  feeds: patchShares(before.feeds, patch.feeds),
});

const patchShares = (
  before: Readonly<Record<string, PlaceShare>>,
  patch: Readonly<Record<string, PlaceShare | null>> = {},
): Record<string, PlaceShare> =>
  Object.fromEntries(
    Object.entries({ ...before, ...patch }).flatMap(([id, share]) =>
      share === null || (share.floor === 0 && share.ceiling === null) ? [] : [[id, share] as const],
    ),
  );

/**
 * Why the settings promise more than a destination has, in a sentence, with JSON pointers to what was raised since `before`, else to
 * what is kept free; null when they do not.
 */
export const findOverpromise = (
  before: BudgetSettings,
  after: BudgetSettings,
  limit: number,
): { detail: string; pointers: readonly string[] } | null => {
  const { headroom } = after;
  const ofTeams = sumFloors(after.teams);
  const ofFeeds = sumFloors(after.feeds);
  const promised = headroom + Math.max(ofTeams, ofFeeds);
  if (promised <= limit) return null;
  const raised = [
    ...(headroom > before.headroom ? [KEPT_FREE] : []),
    ...(headroom + ofTeams > limit ? raisedFloors("teams", before, after) : []),
    ...(headroom + ofFeeds > limit ? raisedFloors("feeds", before, after) : []),
  ];
  return {
    detail: `What is kept free and the floors come to ${count(promised)} places, and the destination has ${count(limit)}.`,
    pointers: raised.length === 0 ? [KEPT_FREE] : raised,
  };
};

const KEPT_FREE = "/headroom";

const sumFloors = (shares: Readonly<Record<string, PlaceShare>>): number =>
  Object.values(shares).reduce((sum, { floor }) => sum + floor, 0);

const raisedFloors = (
  of: "teams" | "feeds",
  { [of]: before }: BudgetSettings,
  { [of]: after }: BudgetSettings,
): string[] =>
  Object.entries(after).flatMap(([id, { floor }]) =>
    floor > (before[id]?.floor ?? 0) ? [`/${of}/${id}/floor`] : [],
  );

const count = (value: number): string => value.toLocaleString("en");

/** What standing already is worth, in points of the score. */
export const standingBonus = ({ steadiness: points, weights: { confidence } }: BudgetSettings): number =>
  points * Math.max(1, confidence);
