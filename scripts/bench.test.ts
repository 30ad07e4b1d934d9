import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { expect, it } from "vitest";

const SCRIPT = join(import.meta.dirname, "bench.mjs");

it.each([
  { words: ["lift"], told: 'There is no part "lift".' },
  { words: ["plan", "0.1", "0.2"], told: "A share is one number above 0 and at most 1." },
  { words: ["plan", "2"], told: "A share is one number above 0 and at most 1." },
  { words: ["plan", "recall", "0.1"], told: '"recall" is measured whole: it takes no share.' },
])("measures nothing and says what there is when it is asked for $words", ({ words, told }) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...words], { encoding: "utf8" });

  expect(status).toBe(1);
  expect(stderr).toContain(told);
  expect(stderr).toMatch(/Without a name: pace, lifted, growth, save, plan/);
  expect(stdout).toBe("");
});
