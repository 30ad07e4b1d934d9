import { existsSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

const compose = readFileSync("docker-compose.yml", "utf8");
const dockerfile = readFileSync("Dockerfile", "utf8");

/** `${NAME}` and what follows the name, for each variable that the compose file takes. */
const variables = [...compose.matchAll(/\$\{([A-Z_]+)((?::[^}]*)?)\}/g)].map(([, name = "", rest = ""]) => ({
  name,
  rest,
}));

describe("docker-compose.yml", () => {
  it.each([
    "DATABASE_PASSWORD",
    "DATABASE_OWNER_PASSWORD",
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "AUTH_SECRET",
    "ENCRYPTION_KEYS",
    "APP_URL",
  ])("refuses to start without %s and says what it is", (wanted) => {
    expect(variables.some(({ name, rest }) => name === wanted && /^:\?\S/.test(rest))).toBe(true);
  });

  it("has no default for anything secret", () => {
    const secret = variables.filter(({ name }) => /PASSWORD|SECRET|KEY|TOKEN/.test(name));
    expect(secret.filter(({ rest }) => rest !== "" && rest !== ":-" && !rest.startsWith(":?"))).toEqual([]);
  });

  it("gives the owner's address to the migrations alone", () => {
    expect(compose.match(/^ {6}DATABASE_OWNER_URL:/gm)).toHaveLength(1);
    expect(compose.indexOf("DATABASE_OWNER_URL:")).toBeGreaterThan(compose.indexOf("\n  migrate:"));
    expect(compose.indexOf("DATABASE_OWNER_URL:")).toBeLessThan(compose.indexOf("\n  administrator:"));
  });

  it("keeps Redis from dropping jobs", () => {
    expect(compose).toContain("maxmemory-policy noeviction");
  });
});

describe("Dockerfile", () => {
  it("runs as a user who is not root and means production", () => {
    const [, final = ""] = dockerfile.split(/^FROM node:24-slim$/m);
    expect(final).toMatch(/^USER node$/m);
    expect(final).toContain("SLUICE_ENV=production");
  });

  it("puts no secret into the image", () => {
    expect(dockerfile).not.toMatch(/^(?:ARG|ENV).*(?:PASSWORD|SECRET|KEY|TOKEN)/m);
  });

  it("copies only what is in the repository", () => {
    const copied = [...dockerfile.matchAll(/^COPY --from=build (.+) \S+$/gm)]
      .flatMap(([, paths = ""]) => paths.split(" "))
      .map((path) => path.replace("/app/", ""))
      .filter((path) => path !== "node_modules" && path !== ".next");
    const missing = copied.filter((path) => !existsSync(path));
    expect(missing).toEqual([]);
  });
});
