import { defineConfig, devices } from "@playwright/test";

const isCi = process.env["CI"] === "true";
// `npm test` starts the product and says where it is; by hand, it is started here or found running.
const baseURL = process.env["E2E_BASE_URL"] ?? "http://localhost:3000";
const report = process.env["E2E_REPORT"];
// The browser comes from the operating system: Playwright's own download is not reachable everywhere we build.
const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const browser = { ...devices["Desktop Chrome"], launchOptions: { executablePath, args } };

export default defineConfig({
  testDir: "./e2e",
  forbidOnly: isCi,
  retries: 0,
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [[isCi ? "line" : "list"], ...(report ? [["json", { outputFile: report }] as const] : [])],
  use: {
    baseURL,
    // Recording costs a fifth of the time; where nobody looks at it, the picture of the failure is enough.
    trace: isCi ? "off" : "retain-on-failure",
    screenshot: "only-on-failure",
    locale: "en-GB",
    timezoneId: "UTC",
    contextOptions: { reducedMotion: "reduce" },
  },
  // The story fills an empty product; what follows looks at the product that it leaves.
  projects: [
    { name: "story", testMatch: "story.spec.ts", use: browser },
    { name: "afterwards", testIgnore: "story.spec.ts", use: browser, dependencies: ["story"] },
  ],
  ...(process.env["E2E_BASE_URL"]
    ? {}
    : {
        webServer: {
          command: "node scripts/start.mjs",
          url: `${baseURL}/api/ready`,
          reuseExistingServer: true,
          timeout: 600_000,
        },
      }),
});
