import { defineConfig } from "vitest/config";

const alias = {
  "@": import.meta.dirname,
  // It throws outside a React server bundle; this is the empty twin that the bundle would get.
  "server-only": `${import.meta.dirname}/node_modules/server-only/empty.js`,
};

export default defineConfig({
  test: {
    env: { LOG_LEVEL: "silent" },
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
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
