import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

const alias = {
  "@": import.meta.dirname,
  // It throws outside a React server bundle; this is the empty twin that the bundle would get.
  "server-only": `${import.meta.dirname}/node_modules/server-only/empty.js`,
};

/** Test files that run side by side; VITEST_MAX_WORKERS sets another number. More than these the test database has no connections for. */
const MOST_WORKERS = 8;

export default defineConfig({
  test: {
    env: { LOG_LEVEL: "silent" },
    maxWorkers: Math.min(availableParallelism(), MOST_WORKERS),
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["{lib,workers,components,sandbox,scripts,app}/**/*.test.{ts,tsx}"],
          exclude: ["**/*.int.test.ts", "**/node_modules/**"],
          // A machine under load is slow, not wrong; what hangs is still found.
          testTimeout: 30_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["{lib,workers,app,scripts}/**/*.int.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
