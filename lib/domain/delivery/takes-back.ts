/**
 * Whether a plan of some values alone takes back and brings nothing: it may go while its connector is paused, since all may be taken
 * back.
 */
export const takesBackOnly = ({
  isPartial,
  counts: { add, change },
}: {
  isPartial: boolean;
  counts: { add: number; change: number };
}): boolean => isPartial && add + change === 0;
