import { existsSync, readdirSync, readFileSync } from "node:fs";

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

  const part = (name: string): string =>
    (compose.split(`\n  ${name}:\n`)[1] ?? "").split(/\n {2}\w/)[0] ?? "";

  it.each(["worker", "postgres", "redis"])("looks after the health of %s", (name) => {
    expect(part(name)).toContain("healthcheck:");
  });

  it.each([
    ["postgres", "postgres:/var/lib/postgresql"],
    ["redis", "redis:/data"],
  ])("keeps the data of %s in a volume", (name, volume) => {
    expect(part(name)).toContain(volume);
  });

  it("knows the proxy on its own machine by one address, which the handbook names", () => {
    expect(compose).toContain("gateway: 172.30.99.1");
    expect(readFileSync("docs/operations.md", "utf8")).toContain("TRUSTED_PROXIES=172.30.99.1");
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

  it("looks after the health of web", () => {
    expect(dockerfile).toMatch(/^HEALTHCHECK .*healthcheck\.mjs", "web"/m);
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

/** What Next and npm look for beside each other, by the names that they know, without their endings. */
const KNOWN_NAMES = new Set([
  ...["app", "pages", "public", "package.json", "package-lock.json", ".npmrc", "tsconfig.json"],
  ...["proxy", "middleware", "instrumentation", "instrumentation-client", "mdx-components"],
  ...["next.config", "postcss.config", "tailwind.config", "prisma.config"],
]);

/** The sources that a build reads: no tests, nothing generated. */
const sources = ["app", "components", "lib"].flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|testing\/|generated\//.test(path))
    .map((path) => `${room}/${path}`),
);

describe(".dockerignore", () => {
  const rules = readFileSync(".dockerignore", "utf8").split("\n");
  const letThrough = rules.flatMap((rule) => (rule.startsWith("!") ? [rule.slice(1)] : []));
  const here = readdirSync(".");

  it("keeps out what it does not name, and names only what is there", () => {
    expect(rules).toContain("*");
    expect(letThrough.filter((name) => !here.includes(name))).toEqual([]);
  });

  it("lets everything through that Next builds from", () => {
    const known = here.filter((name) => KNOWN_NAMES.has(name.replace(/\.[cm]?[jt]sx?$/, "")));
    const imported = sources
      .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/ from "@\/([^/"]+)/g)])
      .map(([, room = ""]) => room);

    expect(known).toContain("proxy.ts");
    expect([...new Set([...known, ...imported])].filter((name) => !letThrough.includes(name))).toEqual([]);
  });

  it("lets everything through that the image's own steps read", () => {
    const steps = dockerfile.replaceAll(/^COPY --from=build .+$/gm, "");
    const run = [...steps.matchAll(/node (?!node_modules)([a-z]+)\//g)].map(([, room = ""]) => room);
    const commands = [...compose.matchAll(/\[(?:CMD, )?node, ([a-z]+)\//g)].map(([, room = ""]) => room);
    const copied = [...dockerfile.matchAll(/\/app\/([\w.-]+)/g)]
      .map(([, name = ""]) => name)
      .filter((name) => name !== "node_modules" && name !== ".next");

    expect(
      [...new Set([...run, ...commands, ...copied])].filter((name) => !letThrough.includes(name)),
    ).toEqual([]);
  });
});
