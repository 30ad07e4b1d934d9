import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { expect, test, type APIRequestContext, type Page } from "@playwright/test";
import { z } from "zod";

import { acceptInvitation, openWindow, signIn } from "./fixtures/people";
import { settings } from "./fixtures/settings";

// Every page and every route that exists is in one of these lists. A new one fails until somebody says who may open it.
const APP = join(import.meta.dirname, "../app");

type PageRule =
  { for: "anybody" | "signed-in" | "administrators" } | { for: "team"; role: "viewer" | "analyst" | "owner" };

const PAGES: Readonly<Record<string, PageRule>> = {
  "/": { for: "signed-in" },
  "/sign-in": { for: "anybody" },
  "/invite/[token]": { for: "anybody" },
  "/change-password": { for: "signed-in" },
  "/first-steps": { for: "signed-in" },
  "/account": { for: "signed-in" },
  "/admin/teams": { for: "administrators" },
  "/admin/users": { for: "administrators" },
  "/admin/audit": { for: "administrators" },
  "/admin/system": { for: "administrators" },
  "/t/[team]": { for: "team", role: "viewer" },
  "/t/[team]/overview": { for: "team", role: "viewer" },
  "/t/[team]/feeds": { for: "team", role: "viewer" },
  "/t/[team]/feeds/new": { for: "team", role: "analyst" },
  "/t/[team]/feeds/[id]": { for: "team", role: "viewer" },
  "/t/[team]/feeds/[id]/edit": { for: "team", role: "analyst" },
  "/t/[team]/runs/[id]": { for: "team", role: "viewer" },
  "/t/[team]/indicators": { for: "team", role: "viewer" },
  "/t/[team]/indicators/new": { for: "team", role: "analyst" },
  "/t/[team]/indicators/[id]": { for: "team", role: "viewer" },
  "/t/[team]/connectors": { for: "team", role: "viewer" },
  "/t/[team]/connectors/new": { for: "team", role: "owner" },
  "/t/[team]/connectors/[id]": { for: "team", role: "viewer" },
  "/t/[team]/connectors/[id]/edit": { for: "team", role: "owner" },
  "/t/[team]/plans/[id]": { for: "team", role: "viewer" },
  "/t/[team]/pushes/[id]": { for: "team", role: "viewer" },
  "/t/[team]/activity": { for: "team", role: "viewer" },
  "/t/[team]/settings": { for: "team", role: "viewer" },
};

/** Routes outside the API; the API's own are read from its document. */
const ROUTES: Readonly<Record<string, "anybody" | "token" | "signed-in">> = {
  "/api/auth/[...nextauth]": "anybody",
  "/api/health": "anybody",
  "/api/ready": "anybody",
  "/metrics": "token",
  "/api/live/runs/[id]": "signed-in",
  "/api/live/pushes/[id]": "signed-in",
  "/t/[team]/runs/[id]/rejected.csv": "signed-in",
};

const listFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? listFiles(join(folder, entry.name)) : [join(folder, entry.name)],
  );

/** The addresses behind Next's files of one name. */
const addressesOf = (fileName: string): string[] =>
  listFiles(APP)
    .filter((file) => file.endsWith(`${sep}${fileName}`))
    .map((file) => {
      const parts = relative(APP, file).split(sep).slice(0, -1);
      return `/${parts.filter((part) => !/^\(.*\)$/.test(part)).join("/")}`;
    })
    .sort();

const UNKNOWN_ID = "0199b7a0-0000-7000-8000-000000000000";
const fill = (address: string, team: string): string =>
  address.replace("[team]", team).replace("[id]", UNKNOWN_ID).replace("[token]", "inv_none");

let viewer: Page;
let stranger: Page;

const invite = async (admin: Page, team: string, email: string, role: string): Promise<string> => {
  await admin.goto("/admin/teams");
  const form = admin.getByRole("form", { name: "Invite somebody into a team" });
  await form.getByLabel("Team").selectOption({ label: team });
  await form.getByLabel("E-mail").fill(email);
  await form.getByLabel("Role").selectOption(role);
  await form.getByRole("button", { name: "Make the link" }).click();
  const link = admin.getByRole("region", { name: "Invitation link" });
  await expect(link).toContainText("/invite/");
  return (await link.textContent()) ?? "";
};

test.beforeAll(async ({ browser }) => {
  const admin = await openWindow(browser);
  await signIn(admin, settings.adminEmail);
  viewer = await openWindow(browser);
  stranger = await openWindow(browser);
  await acceptInvitation(
    viewer,
    await invite(admin, "Team A", "vera@team-a.example", "viewer"),
    "Vera Viewer",
  );
  await acceptInvitation(
    stranger,
    await invite(admin, "Team B", "stan@team-b.example", "owner"),
    "Stan Owner",
  );
});

test("every page is classified", () => {
  expect(addressesOf("page.tsx")).toEqual(Object.keys(PAGES).sort());
});

test("every route outside the API is classified", () => {
  const routes = addressesOf("route.ts").filter((address) => !address.startsWith("/api/v1"));
  expect(routes).toEqual(Object.keys(ROUTES).sort());
});

for (const [address, rule] of Object.entries(PAGES)) {
  test(`page ${address}: ${rule.for === "team" ? `${rule.role} of its team` : rule.for}`, async ({
    page,
  }) => {
    const own = fill(address, "team-a");
    await page.goto(own);
    const isSignIn = new URL(page.url()).pathname === "/sign-in";
    expect(isSignIn).toBe(rule.for !== "anybody" || address === "/sign-in");

    if (rule.for === "administrators") {
      expect((await viewer.goto(own))?.status()).toBe(403);
      expect((await stranger.goto(own))?.status()).toBe(403);
    }
    if (rule.for !== "team") return;
    // Another team's pages and pages that do not exist look the same.
    expect((await stranger.goto(own))?.status()).toBe(404);
    const status = (await viewer.goto(own))?.status();
    if (rule.role !== "viewer") expect(status).toBe(403);
    else expect(status).toBe(address.includes("[id]") ? 404 : 200);
  });
}

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ summary: z.string(), "x-permission": z.string().optional() }).loose()),
  ),
});

const readDocument = async (context: APIRequestContext) => {
  const response = await context.get("/api/v1/openapi.json");
  const body: unknown = await response.json();
  return documentSchema.parse(body);
};

const OPEN_CALLS = new Set(["/openapi.json"]);

test("every call of the API wants a token: an anonymous caller gets 401", async ({ request }) => {
  const { paths } = await readDocument(request);
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
  );
  expect(calls.length).toBeGreaterThan(30);
  for (const { path, method } of calls) {
    if (OPEN_CALLS.has(path)) continue;
    const address = `/api/v1${path.replaceAll(/\{[^}]+\}/g, UNKNOWN_ID)}`;
    const response = await request.fetch(address, { method, ...(method !== "GET" && { data: {} }) });
    expect(`${method} ${path} ${String(response.status())}`).toBe(`${method} ${path} 401`);
  }
});

test("a viewer can write by no call of the API, a stranger reaches nothing of the team", async ({
  request,
}) => {
  const { paths } = await readDocument(request);
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      if (OPEN_CALLS.has(path)) continue;
      const address = `/api/v1${path.replaceAll("{slug}", "team-a").replaceAll(/\{[^}]+\}/g, UNKNOWN_ID)}`;
      const asViewer = await viewer.request.fetch(address, {
        method: method.toUpperCase(),
        headers: { origin: new URL(viewer.url()).origin },
        ...(method !== "get" && { data: { team: "team-a" } }),
      });
      const isOwnThing =
        path.startsWith("/tokens") || path.startsWith("/sessions") || path === "/indicators/parse";
      if (method !== "get" && !isOwnThing)
        expect(`${method} ${path}: ${String([400, 403, 404].includes(asViewer.status()))}`).toBe(
          `${method} ${path}: true`,
        );
      const asStranger = await stranger.request.fetch(`${address}?team=team-a`, {
        method: method.toUpperCase(),
        headers: { origin: new URL(stranger.url()).origin },
        ...(method !== "get" && { data: { team: "team-a" } }),
      });
      expect(await asStranger.text(), `${method} ${path}`).not.toContain("Team A");
    }
  }
});
