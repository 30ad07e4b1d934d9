import "server-only";

import { PROPERTIES } from "@/lib/domain/selection/budget-settings";

/** What speaks for a wish is one number of eight bytes (`packedPoints`): the last so many, one for each property, in their order. */
export const POINTS_BITS = 8 * PROPERTIES.length;

const SHIFTED = PROPERTIES.map((name, place) => ({
  name,
  shift: String(8 * (PROPERTIES.length - 1 - place)),
}));

/** The number that columns named as the properties make, as an expression. */
export const PACKED_POINTS = SHIFTED.map(({ name, shift }) => `(${name}::bigint << ${shift})`).join(" | ");

/** The properties as columns, from a column `points` that holds such a number. */
export const UNPACKED_POINTS = SHIFTED.map(
  ({ name, shift }) => `(points >> ${shift} & 255)::smallint AS ${name}`,
).join(", ");
