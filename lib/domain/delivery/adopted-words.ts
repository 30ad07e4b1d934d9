/** Why what is wanted is an addition, as a plan says it of what it does not know to stand there. */
export const NOT_THERE = "Not there yet.";

/** The same of what stands there by somebody else's hand and was adopted: it is not new there, and is the team's from then on. */
export const sayAdopted = (reason: string, by: string): string =>
  reason.startsWith(NOT_THERE)
    ? `It stands there already, adopted by ${by}: this makes it yours.${reason.slice(NOT_THERE.length)}`
    : reason;
