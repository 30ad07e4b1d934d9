import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

const CSS = readFileSync(path.join(import.meta.dirname, "../../app/globals.css"), "utf8");
const TEXT = 4.5; // WCAG 1.4.3
const PART = 3; // WCAG 1.4.11: borders of controls, focus, parts of charts

const SURFACES = ["canvas", "surface", "sunken", "raised", "hover"];
const TONES = ["accent", "success", "warning", "danger"];
const CHARTS = [1, 2, 3, 4, 5, 6].map((index) => `chart-${String(index)}`);

const tokens = new Map(
  Array.from(
    CSS.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)/g),
    ([, name, light, dark]) => [name ?? "", { light: light ?? "", dark: dark ?? "" }],
  ),
);

const colorOf = (name: string, theme: "light" | "dark"): string => {
  const token = tokens.get(name);
  if (token === undefined) throw new Error(`globals.css has no token --${name}.`);
  return token[theme];
};

/** Relative luminance as WCAG 2 defines it. */
const luminanceOf = (color: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrastOf = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

const PAIRS: [string, string, number][] = [
  ...SURFACES.flatMap((surface) => [
    ...["ink", "muted", "faint", ...TONES, "accent-hover"].map((text): [string, string, number] => [
      text,
      surface,
      TEXT,
    ]),
    ...["strong", "focus"].map((part): [string, string, number] => [part, surface, PART]),
  ]),
  ...TONES.flatMap((tone) =>
    [tone, "ink", "muted"].map((text): [string, string, number] => [text, `${tone}-tint`, TEXT]),
  ),
  ["on-accent", "accent", TEXT],
  ["on-accent", "accent-hover", TEXT],
  ["on-danger", "danger-solid", TEXT],
  ["on-danger", "danger-solid-hover", TEXT],
  ["ink", "accent-line", TEXT],
  ...CHARTS.map((chart): [string, string, number] => [chart, "surface", PART]),
];

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  it.each(PAIRS)("shows %s on %s at %d : 1 or more", (text, surface, least) => {
    expect(contrastOf(colorOf(text, theme), colorOf(surface, theme))).toBeGreaterThanOrEqual(least);
  });
});

describe("the stylesheet", () => {
  it("tells the browser's own frame the colour of the canvas", () => {
    const layout = readFileSync(path.join(import.meta.dirname, "../../app/layout.tsx"), "utf8");
    expect(layout).toContain(colorOf("canvas", "light"));
    expect(layout).toContain(colorOf("canvas", "dark"));
  });
});
