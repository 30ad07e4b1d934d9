import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test, type APIRequestContext, type Page } from "@playwright/test";
import { z } from "zod";

import { addressesOf, APP, fill, PAGES, UNKNOWN_ID, type PageRule } from "./fixtures/pages";
import { acceptInvitation, invite, openWindow, signIn } from "./fixtures/people";
import { settings } from "./fixtures/settings";

/** Routes outside the API; the API's own are read from its document. */
const ROUTES: Readonly<Record<string, "anybody" | "token" | "signed-in">> = {
  "/api/auth/[...nextauth]": "anybody",
  "/api/health": "anybody",
  "/api/ready": "anybody",
  "/metrics": "token",
  "/api/live/runs/[id]": "signed-in",
  "/api/live/pushes/[id]": "signed-in",
  "/t/[team]/feeds/export.json": "signed-in",
  "/t/[team]/feeds/upload": "signed-in",
  "/t/[team]/runs/[id]/rejected.csv": "signed-in",
};

let viewer: Page;
let stranger: Page;

test.beforeAll(async ({ browser }) => {
  // A test that fails makes Playwright begin anew, and an e-mail joins once.
  const stamp = String(Date.now());
  const admin = await openWindow(browser);
  await signIn(admin, settings.adminEmail);
  viewer = await openWindow(browser);
  stranger = await openWindow(browser);
  await acceptInvitation(
    viewer,
    await invite(admin, "Team A", `vera-${stamp}@team-a.example`, "viewer"),
    "Vera Viewer",
  );
  await acceptInvitation(
    stranger,
    await invite(admin, "Team B", `stan-${stamp}@team-b.example`, "owner"),
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
  updateRetentionAction: "administrators",
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
  importFeedsAction: "analyst",
  updateFeedAction: "analyst",
  runFeedAction: "analyst",
  setFeedEnabledAction: "analyst",
  deleteFeedAction: "analyst",
  acceptRunAction: "analyst",
  discardRunAction: "analyst",
  rollBackRunAction: "analyst",
  subscribeAction: "analyst",
  unsubscribeAction: "analyst",
  shareFeedAction: "analyst",
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

const GUESSED = {
  team: "team-a",
  id: UNKNOWN_ID,
  feedId: UNKNOWN_ID,
  runId: UNKNOWN_ID,
  userId: UNKNOWN_ID,
  indicatorId: UNKNOWN_ID,
  name: "Intruder",
  text: "45.155.205.66",
  token: "inv_none",
};

/** Sends a form to a server action as the browser does, with the fields that an attacker would guess. */
const send = async (context: APIRequestContext, origin: string, { id, address }: Action): Promise<string> => {
  // As React writes a form: its fields under the number that the arguments name, and the arguments last.
  const multipart = new FormData();
  for (const [name, value] of Object.entries(GUESSED)) multipart.append(`_1_${name}`, value);
  multipart.append("0", JSON.stringify([{ status: "idle" }, "$K1"]));
  const response = await context.post(`${origin}${fill(address, "team-a")}`, {
    headers: { "next-action": id, origin, accept: "text/x-component" },
    multipart,
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
