import { defineConfig } from "vitest/config";

const alias = { "@": import.meta.dirname };
// `server-only` throws outside a React server bundle; the condition picks its empty twin.
const ssr = { resolve: { conditions: ["react-server", "node", "import", "default"] } };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        ssr,
        test: {
          name: "unit",
          include: ["{lib,workers,components,sandbox,scripts,app}/**/*.test.{ts,tsx}"],
          exclude: ["**/*.int.test.ts", "**/node_modules/**"],
        },
      },
      {
        resolve: { alias },
        ssr,
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
