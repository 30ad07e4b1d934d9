/** One line, area or kind of bar. `color` is a number of the theme's series colours. */
export type Series = { key: string; label: string; color: 1 | 2 | 3 | 4 | 5 | 6 };
/** One step of the horizontal axis with a figure for each series; one that is missing counts as 0. */
export type Point = { label: string; values: Readonly<Record<string, number>> };

/** The figure of a series at a point. */
export const valueAt = (point: Point, key: string): number => point.values[key] ?? 0;

/** The theme's colour of a series, for SVG. */
export const colorOf = ({ color }: Series): string => `var(--chart-${String(color)})`;
