/** Quiet axes: text that can be read, lines that step back. */
export const AXIS = {
  tickLine: false,
  axisLine: false,
  tick: { fill: "var(--muted)", fontSize: 11 },
  tickMargin: 6,
} as const;

export const GRID = { vertical: false, stroke: "var(--line)" } as const;
