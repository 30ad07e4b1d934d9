import { expect, test, type Page } from "@playwright/test";

import { look } from "./fixtures/look";
import { acceptInvitation, invite, openWindow, PASSWORD, signIn } from "./fixtures/people";
import { newestWrite, readActiveRows, readTenant, turnFeed } from "./fixtures/sandbox";
import { settings } from "./fixtures/settings";

// The main job, end to end, as a newcomer does it by hand. Each part builds on the one before.
test.describe.configure({ mode: "serial" });

const TENANT = "Contoso";
const FEED = "Team A - Microsoft COVID-19 Indicators";
const SHARED = "123.123.123.123";
/** The list has nothing else, and the local values have none. */
const SHA256 = /^[\da-f]{64}$/;
const CHECKS = { defender: ["Token", "Permission", "Read", "Write"], sentinel: ["Token", "Write", "Read"] };

let admin: Page;
let ownerA: Page;
let analystA: Page;
let ownerB: Page;

test.beforeAll(async ({ browser }) => {
  [admin, ownerA, analystA, ownerB] = await Promise.all([
    openWindow(browser),
    openWindow(browser),
    openWindow(browser),
    openWindow(browser),
  ]);
});

const connect = async (page: Page, team: string, kind: "defender" | "sentinel", application: string) => {
  await page.goto(`/t/${team}/connectors/new?kind=${kind}`);
  const form = page.getByRole("form", { name: /^Connect/ });
  await form.getByLabel("Fill from the sandbox").selectOption({ label: `${application} (${TENANT})` });
  return form;
};

/** Plans on a connector's page and opens the plan. */
const plan = async (page: Page, team: string, connector: string): Promise<void> => {
  await page.goto(`/t/${team}/connectors`);
  await page.getByRole("link", { name: connector, exact: true }).click();
  await page.getByRole("button", { name: "Plan", exact: true }).click();
  await page.waitForURL(/\/plans\//);
};

const apply = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Apply" }).click();
  await page.waitForURL(/\/pushes\//);
  await expect(page.getByText(/^Done: every one of/).first()).toBeVisible({ timeout: 60_000 });
};

/** A plan's page counts so much under those words, neither more nor less. */
const expectPlanned = (page: Page, count: number, words: string, options?: { timeout: number }) =>
  expect(page.getByRole("listitem").filter({ hasText: new RegExp(`^[\\d,]+\\s*${words}$`) })).toHaveText(
    new RegExp(`^${String(count)}\\s*${words}$`),
    options,
  );

test("the administrator signs in with the one-time password and must change it", async () => {
  await signIn(admin, settings.adminEmail, settings.oneTimePassword);
  await expect(admin).toHaveURL(/\/change-password/);
  await admin.goto("/admin/teams");
  await expect(admin).toHaveURL(/\/change-password/);
  await admin.getByLabel("One-time password").fill(settings.oneTimePassword);
  await admin.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await admin.getByLabel("New password, once more").fill(PASSWORD);
  await admin.getByRole("button", { name: "Change password" }).click();
  await admin.waitForURL((url) => !url.pathname.startsWith("/change-password"));
});

test("the administrator makes two teams and invites a user into each by a one-time link", async () => {
  await admin.goto("/first-steps");
  await admin.getByRole("textbox", { name: /^Team/ }).fill("Team A");
  await admin.getByRole("button", { name: "Make the team" }).click();
  await admin.waitForURL("**/t/team-a/overview");

  await admin.goto("/admin/teams");
  const form = admin.getByRole("form", { name: "Add a team" });
  await form.getByLabel("Team").fill("Team B");
  await form.getByRole("button", { name: "Add the team" }).click();
  await expect(admin.getByRole("row", { name: /Team B/ })).toBeVisible();

  await acceptInvitation(ownerA, await invite(admin, "Team A", "ada@team-a.example", "owner"), "Ada Owner");
  await acceptInvitation(
    analystA,
    await invite(admin, "Team A", "alan@team-a.example", "analyst"),
    "Alan Analyst",
  );
  const linkB = await invite(admin, "Team B", "ben@team-b.example", "owner");
  await acceptInvitation(ownerB, linkB, "Ben Owner");

  await test.step("a link opens once", async () => {
    const second = await admin.context().browser()?.newContext();
    const page = await second?.newPage();
    await page?.goto(linkB);
    await expect(page?.getByText(/not open/i) ?? admin.locator("none")).toBeVisible();
    await second?.close();
  });
});

test("a connection that does not work says what is wrong and what to do", async () => {
  const form = await connect(ownerA, "team-a", "defender", "TPI_TeamA");
  await form.getByLabel("Client secret").fill("not the secret");
  await form.getByRole("button", { name: "Test connection" }).click();
  const checks = ownerA.getByRole("list", { name: "Checks" });
  await expect(checks.getByRole("listitem").filter({ hasText: /^Token/ })).toContainText("failed");
  await expect(checks).toContainText(/secret/i);
  await expect(checks).toContainText(/Not tried/);
});

test("Team A's owner connects Defender and Sentinel, sees each check by name and saves", async () => {
  for (const kind of ["defender", "sentinel"] as const) {
    const form = await connect(ownerA, "team-a", kind, "TPI_TeamA");
    await form.getByRole("button", { name: "Test connection" }).click();
    await expect(ownerA.getByText("The connection works.").first()).toBeVisible();
    await look(ownerA, `connector-new-${kind}`);
    const checks = ownerA.getByRole("list", { name: "Checks" });
    const names = CHECKS[kind];
    for (const name of names)
      await expect(checks.getByRole("listitem").filter({ hasText: new RegExp(`^${name}`) })).toContainText(
        "passed",
      );
    await form.getByRole("button", { name: "Save connector" }).click();
    await ownerA.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
    await expect(ownerA.getByText("Nothing was planned yet.")).toBeVisible();
  }
});

test("Team A adds the COVID feed with a preview and runs it: 950 indicators", async () => {
  await analystA.goto("/t/team-a/feeds/new?from=covid19");
  await analystA.getByRole("textbox", { name: /^Name/ }).fill(FEED);
  await analystA.getByRole("button", { name: "Preview" }).click();
  const preview = analystA.getByRole("region", { name: "Preview", exact: true });
  await expect(preview).toContainText("950 indicators");
  await look(analystA, "feed-new-preview");
  await analystA.getByRole("button", { name: "Add and run now" }).click();
  await analystA.waitForURL(/\/feeds\/[0-9a-f-]{36}$/);
  await expect(analystA.getByRole("link", { name: /^Run 1|^1$|#1/ }).first()).toBeVisible({
    timeout: 30_000,
  });
  await expect(analystA.getByText("950").first()).toBeVisible({ timeout: 30_000 });
});

test("Team A's analyst adds a local indicator and pastes ten more, two of them bad", async () => {
  await analystA.goto("/t/team-a/indicators/new");
  const form = analystA.getByRole("form", { name: "Add indicators" });
  await form.getByLabel("Values").fill(SHARED);
  await form.getByLabel("Comment").fill("TeamA");
  await form.getByRole("button", { name: "Add to the list" }).click();
  await expect(analystA.getByText(/1 of 1 value is in/).first()).toBeVisible();

  await form
    .getByLabel("Values")
    .fill(
      [
        "45[.]155[.]205[.]7",
        "hxxps://login.portal-update-example[.]com/verify",
        "portal-update-example[.]com",
        "44d88612fea8a8f36de82e1278abb02f",
        "3395856ce81f2b7382dee72602f798b642f14140",
        "somebody[@]portal-update-example[.]com",
        "45.155.206.0/24",
        "2a00:1450:4001::200e",
        "not-an-indicator",
        "host.invalidtld",
      ].join("\n"),
    );
  await form.getByRole("button", { name: "Add to the list" }).click();
  await expect(analystA.getByText(/8 of 10 values are in/).first()).toBeVisible();
  // The bad ones say why.
  await expect(analystA.getByText(/known public suffix/).first()).toBeVisible();
  await look(analystA, "indicators-new-answers");
});

test("a plan shows what would be added and why each other candidate stays out; applied, all have receipts", async () => {
  await plan(analystA, "team-a", "Defender");
  await expectPlanned(analystA, 956, "to add");
  await expect(analystA.getByText("Why candidates stay out")).toBeVisible();
  await look(analystA, "plan");
  await apply(analystA);

  await plan(analystA, "team-a", "Sentinel");
  await expectPlanned(analystA, 959, "to add");
  await apply(analystA);

  const { defender, workspaces } = await readTenant(TENANT);
  const record = defender.indicators.find(({ indicatorValue }) => indicatorValue === SHARED);
  expect(defender.count).toBe(956);
  expect(record?.title).toContain("Team A");
  expect(record?.createdByDisplayName).toBe("TPI_TeamA");
  expect(record?.expirationTime).not.toBeNull();
  const rows = await readActiveRows(workspaces[0]?.workspaceId ?? "");
  expect(rows).toHaveLength(959);
  expect(JSON.stringify(rows[0])).toContain("team:Team A");
});

test("in the sandbox's own page the records stand with the team's name", async () => {
  const { tenantId } = await readTenant(TENANT);
  await analystA.goto(`${settings.sandboxUrl}/portal/defender?tenant=${tenantId}`);
  await expect(analystA.getByText("TPI_TeamA").first()).toBeVisible();
  await expect(analystA.getByText(/Team A/).first()).toBeVisible();
  const { workspaces } = await readTenant(TENANT);
  await analystA.goto(`${settings.sandboxUrl}/portal/sentinel?workspace=${workspaces[0]?.workspaceId ?? ""}`);
  await expect(analystA.getByText("TPI_TeamA").first()).toBeVisible();
  await expect(analystA.getByText("team:Team A").first()).toBeVisible();
});

test("a second plan is empty and nothing is sent", async () => {
  const before = await newestWrite();
  await plan(analystA, "team-a", "Defender");
  await expect(analystA.getByText("Nothing to do.")).toBeVisible();
  await plan(analystA, "team-a", "Sentinel");
  await expect(analystA.getByText("Nothing to do.")).toBeVisible();
  expect(before).toBeGreaterThan(0);
  expect(await newestWrite()).toBe(before);
});

test("Team B adds the same value on the same tenant: one record names both teams", async () => {
  const form = await connect(ownerB, "team-b", "defender", "TPI_TeamB");
  await form.getByRole("button", { name: "Save connector" }).click();
  await ownerB.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);

  await ownerB.goto("/t/team-b/indicators/new");
  const add = ownerB.getByRole("form", { name: "Add indicators" });
  await add.getByLabel("Values").fill(SHARED);
  await add.getByLabel("Comment").fill("TeamB");
  await add.getByRole("button", { name: "Add to the list" }).click();
  await expect(ownerB.getByText(/1 of 1 value is in/).first()).toBeVisible();
  await plan(ownerB, "team-b", "Defender");
  await expectPlanned(ownerB, 1, "to add");
  await apply(ownerB);

  const { defender } = await readTenant(TENANT);
  const records = defender.indicators.filter(({ indicatorValue }) => indicatorValue === SHARED);
  expect(records).toHaveLength(1);
  expect(records[0]?.createdByDisplayName).toBe("TPI_TeamA");
  const text = `${records[0]?.title ?? ""} ${records[0]?.description ?? ""}`;
  expect(text).toContain("Team A");
  expect(text).toContain("Team B");
  expect(text).not.toContain("TeamA");
});

test("Team B sees nothing of Team A", async () => {
  for (const path of [
    "/t/team-a/overview",
    "/t/team-a/feeds",
    "/t/team-a/indicators",
    "/t/team-a/connectors",
  ]) {
    const response = await ownerB.goto(path);
    expect(response?.status()).toBe(404);
  }
  await ownerB.goto("/t/team-b/indicators");
  await expect(ownerB.getByText("TeamA")).toHaveCount(0);
  await expect(ownerB.getByText(FEED)).toHaveCount(0);
});

test("a value is found by Defender's own number, and its trace says who brought it, what was decided and sent", async () => {
  const { defender } = await readTenant(TENANT);
  const record = defender.indicators.find(({ indicatorValue }) => SHA256.test(indicatorValue));
  await analystA.goto(`/t/team-a/indicators?q=${encodeURIComponent(record?.id ?? "")}`);
  await analystA.getByRole("link", { name: /trace/i }).first().click();
  await analystA.waitForURL(/\/indicators\/[0-9a-f-]{36}$/);

  await expect(analystA.getByRole("region", { name: /^The row/ }).first()).toBeVisible();
  await expect(analystA.getByText(/exactly as it is kept|It was written so/).first()).toBeVisible();
  const decisions = analystA.getByRole("region", { name: "Decisions" }).first();
  await expect(decisions).toContainText("Stays as it is there");
  await expect(decisions).toContainText("Add: accepted");
  await expect(analystA.getByRole("region", { name: "Destinations" }).first()).toContainText(
    record?.id ?? "",
  );
  const happened = analystA.getByRole("list", { name: "What happened" });
  await expect(happened).toContainText(/brought it in run 1, line \d+/);
  await expect(happened).toContainText("Sent to Defender.");

  await analystA.goto("/t/team-a/feeds/overlap");
  await expect(analystA.getByRole("heading", { level: 1, name: "Overlap of feeds" })).toBeVisible();
});

test("withdrawing the local indicator hands the record over to Team B at Defender and ends it in Sentinel", async () => {
  await analystA.goto(`/t/team-a/indicators?q=${encodeURIComponent(SHARED)}`);
  await analystA.getByRole("link", { name: /trace/i }).first().click();
  await analystA.waitForURL(/\/indicators\/[0-9a-f-]{36}$/);
  await look(analystA, "trace");
  await analystA.getByRole("button", { name: /^Withdraw/ }).click();
  const dialog = analystA.getByRole("alertdialog");
  await dialog.getByLabel(/reason/i).fill("The lab is over");
  await dialog.getByRole("button", { name: /^Withdraw/ }).click();
  await expect(analystA.getByText(/Withdrawn/).first()).toBeVisible();

  await plan(analystA, "team-a", "Defender");
  await expectPlanned(analystA, 1, "to remove");
  await apply(analystA);
  await plan(analystA, "team-a", "Sentinel");
  await apply(analystA);

  const { defender, workspaces } = await readTenant(TENANT);
  const records = defender.indicators.filter(({ indicatorValue }) => indicatorValue === SHARED);
  expect(records).toHaveLength(1);
  expect(records[0]?.createdByDisplayName).toBe("TPI_TeamB");
  expect(`${records[0]?.title ?? ""} ${records[0]?.description ?? ""}`).not.toContain("Team A");
  const rows = await readActiveRows(workspaces[0]?.workspaceId ?? "");
  expect(JSON.stringify(rows)).not.toContain(SHARED);
});

test("when the feed turns to its last version the run is held; accepted, the plan removes 950 and adds 36", async () => {
  await turnFeed(2);
  await analystA.goto("/t/team-a/feeds");
  await analystA.getByRole("link", { name: FEED }).first().click();
  await analystA.getByRole("button", { name: "Run now" }).click();
  await expect(analystA.getByText(/Held for you/)).toBeVisible({ timeout: 30_000 });
  await look(analystA, "feed-held");
  await analystA.getByRole("button", { name: /^Accept 36/ }).click();
  await analystA.getByRole("alertdialog").getByRole("button", { name: "Accept this size" }).click();
  await expect(analystA.getByText(/Held for you/)).toHaveCount(0, { timeout: 30_000 });

  await expect(async () => {
    await plan(analystA, "team-a", "Defender");
    await expectPlanned(analystA, 950, "to remove", { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expectPlanned(analystA, 36, "to add");
  await apply(analystA);
  const { defender } = await readTenant(TENANT);
  expect(
    defender.indicators.filter(({ createdByDisplayName }) => createdByDisplayName === "TPI_TeamA"),
  ).toHaveLength(956 - 1 - 950 + 36);
  await turnFeed(1);
});

test("what was discarded and comes again is said to be not taken, and can be accepted after all", async () => {
  await analystA.goto("/t/team-a/feeds");
  await analystA.getByRole("link", { name: FEED }).first().click();
  await analystA.getByRole("button", { name: "Run now" }).click();
  await analystA.getByRole("button", { name: "Discard this run" }).click({ timeout: 30_000 });
  await expect(analystA.getByText(/Held for you/)).toHaveCount(0);

  await analystA.getByRole("button", { name: "Run now" }).click();
  await expect(analystA.getByText("The source still gives what was discarded")).toBeVisible({
    timeout: 30_000,
  });
  await expect(analystA.getByText("Not taken").first()).toBeVisible();
  await look(analystA, "feed-not-taken");

  await analystA.getByRole("button", { name: "Accept after all" }).click();
  await analystA.getByRole("alertdialog").getByRole("button", { name: "Accept this size" }).click();
  await expect(analystA.getByText("The source still gives what was discarded")).toHaveCount(0, {
    timeout: 30_000,
  });
  await expect(analystA.getByRole("row", { name: /Live/ })).toContainText("950");
});

test("Team A's analyst sees what an allowlist would take back before it is saved, and it does", async () => {
  await analystA.goto("/t/team-a/allowlists");
  await look(analystA, "allowlists-none");
  await analystA.getByRole("button", { name: "New list" }).first().click();
  const dialog = analystA.getByRole("dialog", { name: "New allowlist" });
  await dialog.getByLabel("Name").fill("Our own networks");
  await dialog.getByLabel("Compares").selectOption("Networks");
  await dialog.getByRole("button", { name: "Make the list" }).click();
  await analystA.waitForURL(/\/allowlists\/[0-9a-f-]{36}$/);

  const form = analystA.getByRole("form", { name: "Add entries" });
  await form.getByLabel("Entries").fill("45.155.205.0/24\n0.0.0.0/0");
  await form.getByRole("button", { name: "What would it do?" }).click();
  await expect(form.getByText(/live indicators? would be withdrawn/)).toBeVisible();
  await expect(form.getByRole("list", { name: "Entries that would not be added as they are" })).toContainText(
    "0.0.0.0/0",
  );
  await look(analystA, "allowlist-check");

  await form.getByLabel("Why they must not be blocked").fill("Our own offices.");
  await form.getByRole("button", { name: "Add to the list" }).click();
  await expect(form.getByText("1 of 2 entries added", { exact: false })).toBeVisible();
  await expect(analystA.getByRole("row", { name: /45\.155\.205\.0\/24/ })).toContainText("Our own offices.");

  await analystA.goto("/t/team-a/allowlists");
  await expect(async () => {
    await analystA.reload();
    const row = analystA.getByRole("row", { name: /Our own networks/ });
    await expect(row).toContainText(/Never sent.*1.*[1-9]/s, { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await analystA.goto("/t/team-a/indicators?state=allowlisted&q=45.155.205");
  await expect(analystA.getByText("Never sent").or(analystA.getByText("Allowlisted")).first()).toBeVisible();
});

test("Team A's owner recalls a domain with all on it, and the page counts down until it is gone everywhere", async () => {
  await ownerA.goto("/t/team-a/recalls");
  await ownerA.getByRole("button", { name: "Recall" }).first().click();
  const dialog = ownerA.getByRole("alertdialog");
  await dialog.getByLabel("Value, domain or network").fill("portal-update-example[.]com");
  await dialog
    .getByLabel("How far")
    .selectOption({ label: "The domain with all below it, URLs and e-mail addresses on it included" });
  await dialog.getByLabel("Reason").fill("Our own portal.");
  await dialog.getByRole("button", { name: "Recall it now" }).click();
  await ownerA.waitForURL(/\/recalls\/[0-9a-f-]{36}$/);

  await expect(ownerA.getByText("Gone everywhere, confirmed").first()).toBeVisible({ timeout: 90_000 });
  await expect(ownerA.getByText(/^3 indicators of the team met it/)).toBeVisible();
  const { defender } = await readTenant(TENANT);
  expect(defender.indicators.map(({ indicatorValue }) => indicatorValue).join(" ")).not.toContain(
    "portal-update-example",
  );
  await ownerA.goto("/t/team-a/indicators?state=recalled");
  const recalled = ownerA.getByRole("row", { name: /portal-update-example/ });
  await expect(recalled).toHaveCount(3);
  await recalled.first().getByRole("link", { name: /trace/i }).click();
  await expect(ownerA.getByText("Defender accepted its removal.")).toBeVisible();
  await expect(ownerA.getByText(/^Gone from Defender: it was looked for/)).toBeVisible();
});

test("what Team A's analyst adds waits for a second person, who sees exactly what it changes and lets it in", async () => {
  await ownerA.goto("/t/team-a/settings/rules");
  const rules = ownerA.getByRole("form", { name: "A second person" });
  await rules.getByLabel("Always").check();
  await rules.getByRole("button", { name: "Save" }).click();
  await expect(rules.getByText("Saved.", { exact: false })).toBeVisible();

  const propose = async (value: string) => {
    await analystA.goto("/t/team-a/indicators/new");
    const form = analystA.getByRole("form", { name: "Add indicators" });
    await form.getByLabel("Values").fill(value);
    await form.getByLabel("Comment").fill("Beacon of the week");
    await form.getByRole("button", { name: "Add to the list" }).click();
    await expect(analystA.getByText("Waits for a second person").first()).toBeVisible();
  };
  await propose("45[.]83[.]64[.]17");
  await analystA.getByRole("link", { name: /^Proposals/ }).click();
  await analystA.getByRole("link", { name: "Add or change 1 indicator" }).first().click();
  await expect(analystA.getByText("It waits for another member of the team")).toBeVisible();
  await expect(analystA.getByRole("button", { name: "Approve" })).toHaveCount(0);

  await ownerA.goto("/t/team-a/overview");
  await expect(ownerA.getByText(/^1 proposal waits for a second person/)).toBeVisible();
  await ownerA.getByRole("link", { name: "Review" }).click();
  await ownerA.getByRole("link", { name: "Add or change 1 indicator" }).first().click();
  await expect(ownerA.getByRole("row", { name: /45/ })).toContainText(/Not there\..*Beacon of the week/s);
  await ownerA.getByRole("button", { name: "Approve" }).click();
  await ownerA.getByRole("alertdialog").getByRole("button", { name: "Approve it" }).click();
  await expect(ownerA.getByText("Approved by")).toBeVisible();
  await ownerA.goto("/t/team-a/indicators?q=45.83.64.17");
  await expect(ownerA.getByRole("row", { name: /45/ })).toBeVisible();

  await propose("45[.]83[.]64[.]18");
  await ownerA.goto("/t/team-a/settings/rules");
  await rules.getByLabel("Never").check();
  await rules.getByRole("button", { name: "Save" }).click();
  await expect(rules.getByText("Saved.", { exact: false })).toBeVisible();
});

test("Team A's overview says what arrives, what is live and what needs a person", async () => {
  await ownerA.goto("/t/team-a/overview");
  await expect(ownerA.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
  await expect(ownerA.getByText("Indicators by type")).toBeVisible();
  await expect(ownerA.getByText(/not visible/).first()).toBeVisible();
  // The feed's last version went to Defender only.
  await expect(
    ownerA.getByText(/^Sentinel: something that decides changed since its last plan/),
  ).toBeVisible();
  await expect(ownerA.getByText(FEED).first()).toBeVisible();
  await expect(ownerA.getByText("Last pushes")).toBeVisible();
});

test("Team A's analyst withdraws all that match at once, watches it, and takes it back", async () => {
  await analystA.goto("/t/team-a/indicators?type=domain,url,ipv4,sha256");
  await analystA.getByRole("checkbox", { name: "Select all on this page" }).check();
  const bar = analystA.getByRole("group", { name: "Selection" });
  await expect(bar.getByText("50 selected")).toBeVisible();
  await bar.getByRole("button", { name: /^Select all [\d,]+ that match$/ }).click();
  await expect(bar.getByText(/^All [\d,]+ that match are selected$/)).toBeVisible();
  await look(analystA, "indicators-selected");
  await bar.getByRole("button", { name: "Withdraw" }).click();
  const dialog = analystA.getByRole("alertdialog");
  await expect(dialog.getByRole("heading", { name: /^Withdraw [\d,]+ indicators\?$/ })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Withdraw them" })).toBeDisabled();
  await dialog.getByLabel("Reason").fill("The campaign is over.");
  await dialog.getByLabel(/Type withdraw/).fill("withdraw");
  await dialog.getByRole("button", { name: "Withdraw them" }).click();
  await analystA.waitForURL(/\/bulk-changes\/[0-9a-f-]{36}$/);

  await expect(
    analystA.getByText(/^Done: [\d,]+ of [\d,]+ indicators stayed as they were/).first(),
  ).toBeVisible({
    timeout: 60_000,
  });
  await analystA.getByRole("link", { name: /^Left: withdrawn/ }).click();
  await expect(analystA.getByText("It is withdrawn, so there is nothing to change or end.")).toBeVisible();
  await analystA.goto("/t/team-a/indicators?type=domain,url,ipv4,sha256&state=active");
  await expect(analystA.getByRole("heading", { name: /^Nothing matches/ })).toBeVisible();

  await analystA.goto("/t/team-a/bulk-changes");
  await analystA.getByRole("link", { name: "Withdrawal" }).click();
  await analystA.getByRole("button", { name: "Undo" }).click();
  await analystA.getByRole("alertdialog").getByRole("button", { name: "Put them back" }).click();
  await expect(analystA.getByText(/^Done: [\d,]+ indicators as before\.$/).first()).toBeVisible({
    timeout: 60_000,
  });
  await look(analystA, "bulk-change-undone");
  await analystA.goto("/t/team-a/indicators?type=domain,url,ipv4,sha256&state=active");
  await expect(analystA.getByRole("row").nth(1)).toBeVisible();
});

test("Team A's analyst keeps a view of the list for herself, and opens the list with it", async () => {
  await analystA.goto("/t/team-a/indicators?state=active&sort=value");
  await analystA.getByRole("button", { name: "Columns" }).click();
  await analystA.getByRole("checkbox", { name: "Comment" }).check();
  await analystA.getByRole("checkbox", { name: "Destinations" }).uncheck();
  await analystA.getByLabel("Density", { exact: true }).selectOption("compact");
  await analystA.getByRole("button", { name: "Show these" }).click();
  await expect(analystA.getByRole("columnheader", { name: "Comment" })).toBeVisible();
  await expect(analystA.getByRole("columnheader", { name: "Destinations" })).toHaveCount(0);

  await analystA.getByRole("button", { name: "Save view" }).click();
  await analystA.getByRole("textbox", { name: "Name" }).fill("My active ones");
  await analystA.getByRole("button", { name: "Save", exact: true }).click();
  await expect(analystA.getByRole("button", { name: "View: My active ones" })).toBeVisible();
  await analystA.getByRole("button", { name: "Open the list with it" }).click();
  await expect(analystA.getByRole("button", { name: "Open with all again" })).toBeVisible();
  await analystA.goto("/t/team-a/indicators");
  await expect(analystA).toHaveURL(/state=active/);
  await look(analystA, "indicators-view");
  await analystA.getByRole("link", { name: "Clear all" }).click();
  await expect(analystA.getByRole("button", { name: "Views", exact: true })).toBeVisible();

  await ownerA.goto("/t/team-a/indicators");
  await ownerA.getByRole("button", { name: "Views", exact: true }).click();
  await expect(ownerA.getByRole("menuitem", { name: "All indicators" })).toBeVisible();
  await expect(ownerA.getByRole("menuitem", { name: "My active ones" })).toHaveCount(0);
});
