import { readdirSync, readFileSync } from "node:fs";
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

/** What each of three callers gets of a page: nobody, a viewer of the team, and an owner of another team. */
const expectedOf = (address: string, rule: PageRule) => {
  const nobody = rule.for === "anybody" ? address : "/sign-in";
  if (rule.for === "administrators") return { nobody, viewer: 403, stranger: 403 };
  if (rule.for !== "team") return { nobody, viewer: 200, stranger: 200 };
  const found = address.includes("[id]") ? 404 : 200;
  // Another team's pages and pages that do not exist look the same.
  return { nobody, viewer: rule.role === "viewer" ? found : 403, stranger: 404 };
};

const statusOf = async (page: Page, address: string): Promise<number> =>
  (await page.goto(address))?.status() ?? 0;

for (const [address, rule] of Object.entries(PAGES)) {
  test(`page ${address}: ${Object.values(rule).join(", ")}`, async ({ page }) => {
    const own = fill(address, "team-a");
    const expected = expectedOf(address, rule);

    await page.goto(own);

    expect(new URL(page.url()).pathname).toBe(fill(expected.nobody, "team-a"));
    expect(await statusOf(viewer, own)).toBe(expected.viewer);
    expect(await statusOf(stranger, own)).toBe(expected.stranger);
  });
}

// Which action of the build may be called by whom. `signed-in` ones touch the caller's own things alone.
const ACTIONS: Readonly<Record<string, "anybody" | "signed-in" | "owner" | "analyst" | "administrators">> = {
  acceptAction: "anybody",
  leaveForInvitationAction: "anybody",
  signOutAction: "anybody",
  changePasswordAction: "signed-in",
  joinAction: "signed-in",
  createTokenAction: "signed-in",
  revokeTokenAction: "signed-in",
  revokeSessionAction: "signed-in",
  createFirstTeamAction: "administrators",
  createTeamAction: "administrators",
  inviteIntoTeamAction: "administrators",
  setDisabledAction: "administrators",
  resetPasswordAction: "administrators",
  newConnectorAction: "owner",
  editConnectorAction: "owner",
  testConnectorAction: "owner",
  setConnectorEnabledAction: "owner",
  deleteConnectorAction: "owner",
  inviteAction: "owner",
  revokeInvitationAction: "owner",
  changeRoleAction: "owner",
  removeMemberAction: "owner",
  planAction: "analyst",
  applyPlanAction: "analyst",
  resumePushAction: "analyst",
  previewFeedAction: "analyst",
  createFeedAction: "analyst",
  updateFeedAction: "analyst",
  runFeedAction: "analyst",
  setFeedEnabledAction: "analyst",
  deleteFeedAction: "analyst",
  acceptRunAction: "analyst",
  discardRunAction: "analyst",
  checkTextAction: "analyst",
  addIndicatorsAction: "analyst",
  withdrawIndicatorAction: "analyst",
};

const manifestSchema = z.object({
  node: z.record(
    z.string(),
    z.object({ exportedName: z.string(), workers: z.record(z.string(), z.unknown()) }),
  ),
});

/** The server actions that the running build answers to, with a page that carries each. */
const readActions = () => {
  const text = readFileSync(join(APP, "../.next/server/server-reference-manifest.json"), "utf8");
  const { node } = manifestSchema.parse(JSON.parse(text));
  return Object.entries(node).map(([id, { exportedName, workers }]) => {
    const page = Object.keys(workers)[0] ?? "";
    const parts = page.split("/").slice(1, -1);
    return {
      id,
      name: exportedName,
      address: `/${parts.filter((part) => !/^\(.*\)$/.test(part)).join("/")}`,
    };
  });
};

type Action = ReturnType<typeof readActions>[number];

/** Sends a form to a server action as the browser does, with the fields that an attacker would guess. */
const send = async (context: APIRequestContext, origin: string, { id, address }: Action): Promise<string> => {
  const response = await context.post(`${origin}${fill(address, "team-a")}`, {
    headers: { "next-action": id, origin, accept: "text/x-component" },
    multipart: {
      "1_team": "team-a",
      "1_id": UNKNOWN_ID,
      "1_feedId": UNKNOWN_ID,
      "1_runId": UNKNOWN_ID,
      "1_userId": UNKNOWN_ID,
      "1_indicatorId": UNKNOWN_ID,
      "1_name": "Intruder",
      "1_text": "45.155.205.66",
      "0": JSON.stringify([{ status: "idle" }, "$K1"]),
    },
    maxRedirects: 0,
  });
  return response.text();
};

const actionsFor = (...rules: (typeof ACTIONS)[string][]): Action[] =>
  readActions().filter(({ name }) => rules.includes(ACTIONS[name] ?? "anybody"));

test("every server action is classified", () => {
  expect(
    readActions()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(ACTIONS).sort());
});

test("nobody can call an action that wants a session", async ({ request, baseURL }) => {
  for (const action of actionsFor("signed-in", "owner", "analyst", "administrators"))
    expect(await send(request, baseURL ?? "", action), action.name).toMatch(/sign in/i);
});

test("a viewer can call no action that changes something of the team or of the installation", async ({
  baseURL,
}) => {
  for (const action of actionsFor("owner", "analyst", "administrators")) {
    const answer = await send(viewer.request, baseURL ?? "", action);
    expect(answer, action.name).toMatch(/"status":"failed"/);
    expect(answer, action.name).toMatch(/role|not allow|administrator/i);
  }
});

test("another team's owner reaches nothing of the team by any action", async ({ baseURL }) => {
  for (const action of actionsFor("owner", "analyst")) {
    const answer = await send(stranger.request, baseURL ?? "", action);
    expect(answer, action.name).toMatch(/"status":"(failed|invalid)"/);
  }
});
