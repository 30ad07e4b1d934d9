import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test, type APIRequestContext, type Page } from "@playwright/test";
import { z } from "zod";

import { addressesOf, APP, fill, PAGES, UNKNOWN_ID, type PageRule } from "./fixtures/pages";
import { acceptInvitation, invite, openWindow, signIn } from "./fixtures/people";
import { settings } from "./fixtures/settings";
import { idFor, readThings, type Things } from "./fixtures/things";

/** Routes outside the API; the API's own are read from its document. `team` ones tell of one thing of a team. */
const ROUTES: Readonly<Record<string, "anybody" | "token" | "team" | "sender">> = {
  "/api/auth/[...nextauth]": "anybody",
  "/api/health": "anybody",
  "/api/ready": "anybody",
  "/metrics": "token",
  "/api/live/runs/[id]": "team",
  "/api/live/pushes/[id]": "team",
  "/api/live/bulk-changes/[id]": "team",
  "/t/[team]/connectors/[id]/hunting/rules.json": "team",
  "/t/[team]/connectors/[id]/hunting/workbook.json": "team",
  "/t/[team]/feeds/export.json": "team",
  "/t/[team]/indicators/export": "team",
  "/t/[team]/feeds/upload": "sender",
  "/t/[team]/runs/[id]/rejected.csv": "team",
};

let admin: Page;
let viewer: Page;
let stranger: Page;
/** One thing of each kind that the story left to Team A. */
let things: Things;

test.beforeAll(async ({ browser }) => {
  // A test that fails makes Playwright begin anew, and an e-mail joins once.
  const stamp = String(Date.now());
  admin = await openWindow(browser);
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
  things = await readThings(admin.request, "team-a");
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
  return { nobody, viewer: rule.role === "viewer" ? 200 : 403, stranger: 404 };
};

/** Of one thing's page or route: the thing below another team's address, and what does not exist below its own. */
const astrayOf = (address: string): string[] =>
  address.includes("[id]")
    ? [fill(address, "team-b", { id: idFor(things, address) }), fill(address, "team-a")]
    : [];

const statusOf = async (page: Page, address: string): Promise<number> =>
  (await page.goto(address))?.status() ?? 0;

for (const [address, rule] of Object.entries(PAGES)) {
  test(`page ${address}: ${Object.values(rule).join(", ")}`, async ({ page }) => {
    const id = idFor(things, address);
    const own = fill(address, "team-a", { id });
    const expected = expectedOf(address, rule);

    await page.goto(own);

    expect(new URL(page.url()).pathname).toBe(fill(expected.nobody, "team-a", { id }));
    expect(await statusOf(viewer, own)).toBe(expected.viewer);
    expect(await statusOf(stranger, own)).toBe(expected.stranger);
    // Another team's things and things that do not exist look the same, also to who is in both teams. An address that names no team
    // leads everybody to their own.
    for (const astray of astrayOf(address).filter((one) => one !== own)) {
      expect(await statusOf(stranger, astray), astray).toBe(404);
      expect(await statusOf(admin, astray), astray).toBe(404);
    }
  });
}

const routesFor = (rule: (typeof ROUTES)[string]): string[] =>
  Object.keys(ROUTES).filter((address) => ROUTES[address] === rule);

for (const address of routesFor("anybody")) {
  test(`route ${address} answers anybody`, async ({ request }) => {
    expect((await request.get(address.replace("[...nextauth]", "session"))).status()).toBe(200);
  });
}

const askWith = async (context: APIRequestContext, address: string, token?: string): Promise<number> => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await context.get(address, { headers })).status();
};

for (const address of routesFor("token")) {
  test(`route ${address} wants its own token, and no session will do`, async ({ request }) => {
    expect(await askWith(request, address)).toBe(401);
    expect(await askWith(request, address, `${settings.metricsToken}x`)).toBe(401);
    expect(await askWith(admin.request, address)).toBe(401);
    expect(await askWith(request, address, settings.metricsToken)).toBe(200);
  });
}

for (const address of routesFor("team")) {
  test(`route ${address} tells of a thing to its team alone`, async ({ request }) => {
    const own = fill(address, "team-a", { id: idFor(things, address) });
    expect((await request.get(own)).status()).toBe(401);
    expect((await viewer.request.get(own)).status()).toBe(200);
    expect((await stranger.request.get(own)).status()).toBe(404);
    for (const unknown of astrayOf(address).slice(1))
      expect((await viewer.request.get(unknown)).status(), unknown).toBe(404);
    // Where the address names no team, the thing below another team's is the thing itself.
    for (const astray of astrayOf(address).filter((one) => one !== own))
      expect((await admin.request.get(astray)).status(), astray).toBe(404);
  });
}

for (const address of routesFor("sender")) {
  test(`route ${address} takes nothing but from who may write in the team`, async ({ request, baseURL }) => {
    const send = async (context: APIRequestContext): Promise<number> =>
      (
        await context.post(`${fill(address, "team-a")}?name=list.csv`, {
          headers: { origin: baseURL ?? "", "content-type": "application/octet-stream" },
          data: "45.155.205.66",
        })
      ).status();
    expect(await send(request)).toBe(401);
    expect(await send(viewer.request)).toBe(403);
    expect(await send(stranger.request)).toBe(404);
  });
}

const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

test("nobody gets anything from any call of the API", async ({ request }) => {
  const { paths } = documentSchema.parse(await (await request.get("/api/v1/openapi.json")).json());
  for (const [path, methods] of Object.entries(paths)) {
    const address = `/api/v1${path.replace("{slug}", "team-a").replaceAll(/\{\w+\}/g, UNKNOWN_ID)}`;
    for (const method of Object.keys(methods))
      expect((await request.fetch(address, { method })).status(), `${method} ${path}`).toBe(401);
  }
});

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
  // Views of one's own; one of the team's is a matter of the service (saved-views.int.test.ts).
  createViewAction: "signed-in",
  updateViewAction: "signed-in",
  deleteViewAction: "signed-in",
  setLooksAction: "signed-in",
  setDefaultViewAction: "signed-in",
  createFirstTeamAction: "administrators",
  createTeamAction: "administrators",
  inviteIntoTeamAction: "administrators",
  setDisabledAction: "administrators",
  resetPasswordAction: "administrators",
  updateRetentionAction: "administrators",
  stopSendingAction: "administrators",
  startSendingAction: "administrators",
  updateBudgetAction: "administrators",
  nameTenantAction: "administrators",
  setReaderAction: "administrators",
  removeReaderAction: "administrators",
  updateCloudAction: "administrators",
  newConnectorAction: "owner",
  editConnectorAction: "owner",
  testConnectorAction: "owner",
  tryMd5Action: "owner",
  setConnectorEnabledAction: "owner",
  deleteConnectorAction: "owner",
  stageCredentialAction: "owner",
  countNetworksAction: "owner",
  testSuccessorAction: "owner",
  activateSuccessorAction: "owner",
  goBackAction: "owner",
  discardSuccessorAction: "owner",
  stateSecretEndAction: "owner",
  renameTeamAction: "owner",
  inviteAction: "owner",
  revokeInvitationAction: "owner",
  changeRoleAction: "owner",
  removeMemberAction: "owner",
  planAction: "analyst",
  compareAction: "analyst",
  countHeldAction: "analyst",
  decideDriftAction: "analyst",
  letThroughAction: "analyst",
  endLetThroughAction: "analyst",
  liftOverridesAction: "analyst",
  decideStrangersAction: "analyst",
  removeStrangersAction: "analyst",
  applyPlanAction: "analyst",
  approvePlanAction: "analyst",
  stopConnectorAction: "analyst",
  startConnectorAction: "analyst",
  resumePushAction: "analyst",
  leaveOutAction: "analyst",
  previewFeedAction: "analyst",
  testFeedAction: "analyst",
  createFeedAction: "analyst",
  importFeedsAction: "analyst",
  updateFeedAction: "analyst",
  runFeedAction: "analyst",
  setFeedEnabledAction: "analyst",
  deleteFeedAction: "analyst",
  acceptRunAction: "analyst",
  discardRunAction: "analyst",
  rollBackRunAction: "analyst",
  checkRollBackAction: "analyst",
  subscribeAction: "analyst",
  unsubscribeAction: "analyst",
  shareFeedAction: "analyst",
  checkTextAction: "analyst",
  addIndicatorsAction: "analyst",
  withdrawIndicatorAction: "analyst",
  liftWithdrawalAction: "analyst",
  editIndicatorAction: "analyst",
  readReportAction: "analyst",
  addChosenAction: "analyst",
  checkFileAction: "analyst",
  importFileAction: "analyst",
  setDefaultEndAction: "analyst",
  bulkChangeAction: "analyst",
  undoBulkChangeAction: "analyst",
  createAllowlistAction: "analyst",
  setEffectAction: "analyst",
  deleteAllowlistAction: "analyst",
  approveProposalAction: "analyst",
  declineProposalAction: "analyst",
  cancelProposalAction: "analyst",
  setSecondPersonAction: "owner",
  setFadingAction: "owner",
  recallAction: "owner",
  checkRecallAction: "owner",
  liftRecallAction: "owner",
  checkRecallLiftAction: "owner",
  withholdAction: "owner",
  checkWithholdAction: "owner",
  checkLiftAction: "owner",
  liftWithheldAction: "owner",
  setHoldEndAction: "owner",
  planTakingBackAction: "owner",
  checkEntriesAction: "analyst",
  addEntriesAction: "analyst",
  removeEntryAction: "analyst",
  chooseBundledAction: "analyst",
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

/** Sends a form to a server action as the browser does, with the fields that an attacker would guess unless others are given. */
const send = async (
  context: APIRequestContext,
  origin: string,
  { id, address }: Action,
  fields: Readonly<Record<string, string>> = GUESSED,
): Promise<string> => {
  // As React writes a form: its fields under the number that the arguments name, and the arguments last.
  const multipart = new FormData();
  for (const [name, value] of Object.entries(fields)) multipart.append(`_1_${name}`, value);
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
    expect(answer, action.name).toMatch(/"status":"failed","message":"[^"]*no such team/i);
  }
});

/** What each action on one thing is sent, to the letter: a field too many would be refused before anything is looked up. */
const fieldsOf = (of: Things): Readonly<Record<string, Readonly<Record<string, string>>>> => ({
  testConnectorAction: { id: of.connectors },
  tryMd5Action: { id: of.connectors },
  setConnectorEnabledAction: { id: of.connectors, enabled: "false" },
  deleteConnectorAction: { id: of.connectors },
  stopConnectorAction: { id: of.connectors, reason: "Because" },
  startConnectorAction: { id: of.connectors },
  planAction: { id: of.connectors },
  countHeldAction: { id: of.connectors },
  compareAction: { id: of.connectors },
  decideDriftAction: { id: of.connectors, choice: "restore" },
  letThroughAction: { id: of.connectors, indicatorId: of.indicators, reason: "Because" },
  endLetThroughAction: { id: of.connectors, indicatorId: of.indicators },
  liftOverridesAction: { id: of.connectors },
  decideStrangersAction: { id: of.connectors, choice: "ignore" },
  removeStrangersAction: { id: of.connectors, hash: "0" },
  stageCredentialAction: { id: of.connectors, clientSecret: "planted" },
  testSuccessorAction: { id: of.connectors },
  activateSuccessorAction: { id: of.connectors },
  goBackAction: { id: of.connectors },
  discardSuccessorAction: { id: of.connectors },
  stateSecretEndAction: { id: of.connectors },
  applyPlanAction: { id: of.plans, hash: "0" },
  approvePlanAction: { id: of.plans, hash: "0" },
  resumePushAction: { id: of.pushes },
  leaveOutAction: { id: of.pushes },
  runFeedAction: { feedId: of.feeds },
  setFeedEnabledAction: { feedId: of.feeds, enabled: "false" },
  deleteFeedAction: { feedId: of.feeds },
  acceptRunAction: { runId: of.runs },
  discardRunAction: { runId: of.runs },
  rollBackRunAction: { runId: of.runs },
  checkRollBackAction: { runId: of.runs },
  withdrawIndicatorAction: { indicatorId: of.indicators, reason: "Because" },
  liftWithdrawalAction: { indicatorId: of.indicators },
  approveProposalAction: { proposalId: of.proposals },
  declineProposalAction: { proposalId: of.proposals, reason: "Because" },
  cancelProposalAction: { proposalId: of.proposals },
  editIndicatorAction: { indicatorId: of.indicators, comment: "Because" },
  liftRecallAction: { recallId: of.recalls },
  checkRecallLiftAction: { recallId: of.recalls },
  bulkChangeAction: { action: "withdraw", reason: "Because", ids: of.indicators },
  undoBulkChangeAction: { changeId: of["bulk-changes"] },
  setEffectAction: { listId: of.allowlists, effect: "warn" },
  deleteAllowlistAction: { listId: of.allowlists },
  checkEntriesAction: { listId: of.allowlists, values: "example.com" },
  addEntriesAction: { listId: of.allowlists, values: "example.com", comment: "Because" },
  removeEntryAction: { listId: of.allowlists, value: "example.com" },
});

/**
 * Actions of a team that are on no one thing, or whose whole form would have to be right before a foreign id is looked up: the
 * services behind these are tried with foreign ids in the integration tests (isolation, privilege).
 */
const NOT_BY_ID = [
  "newConnectorAction",
  "editConnectorAction",
  "countNetworksAction",
  "renameTeamAction",
  "inviteAction",
  "revokeInvitationAction",
  "changeRoleAction",
  "removeMemberAction",
  "previewFeedAction",
  "testFeedAction",
  "createFeedAction",
  "importFeedsAction",
  "updateFeedAction",
  "subscribeAction",
  "unsubscribeAction",
  "shareFeedAction",
  "checkTextAction",
  "addIndicatorsAction",
  "readReportAction",
  "addChosenAction",
  "checkFileAction",
  "importFileAction",
  "setDefaultEndAction",
  "recallAction",
  "withholdAction",
  "checkWithholdAction",
  "checkLiftAction",
  "liftWithheldAction",
  "setHoldEndAction",
  "planTakingBackAction",
  "checkRecallAction",
  "setSecondPersonAction",
  "setFadingAction",
  "createAllowlistAction",
  "chooseBundledAction",
];

test("every action of a team is tried with what another team has, or is said not to be", () => {
  const tried = Object.keys(fieldsOf(things));
  const ofTeams = Object.entries(ACTIONS).flatMap(([name, rule]) =>
    rule === "owner" || rule === "analyst" ? [name] : [],
  );
  expect([...tried, ...NOT_BY_ID].sort()).toEqual(ofTeams.sort());
});

test("what the team really has is unknown to another team's owner in every action on one thing", async ({
  baseURL,
}) => {
  const fields = fieldsOf(things);
  const actions = readActions().filter(({ name }) => name in fields);
  expect(actions).toHaveLength(Object.keys(fields).length);
  for (const action of actions) {
    for (const team of ["team-a", "team-b"]) {
      const sent = { team, ...fields[action.name] };
      const answer = await send(stranger.request, baseURL ?? "", action, sent);
      expect(answer, `${action.name}, ${team}`).toMatch(/"status":"failed","message":"[^"]*no such/);
    }
  }
  const left = await readThings(admin.request, "team-a");
  expect(left).toEqual(things);
});
