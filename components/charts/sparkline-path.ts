type Box = { width: number; height: number; padding: number };

/** The points of a line through the values, scaled into the box; a flat series lies in its middle. */
export const sparklinePath = (values: readonly number[], { width, height, padding }: Box): string => {
  const lowest = Math.min(...values);
  const range = Math.max(...values) - lowest;
  const stepX = values.length > 1 ? (width - 2 * padding) / (values.length - 1) : 0;
  return values
    .map((value, index) => {
      const share = range === 0 ? 0.5 : (value - lowest) / range;
      const x = padding + index * stepX;
      const y = height - padding - share * (height - 2 * padding);
      return `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
};
