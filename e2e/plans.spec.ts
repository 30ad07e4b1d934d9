import { expect, test, type Page } from "@playwright/test";

import { look } from "./fixtures/look";
import { openWindow, signIn } from "./fixtures/people";
import { slowDown } from "./fixtures/sandbox";

// Plans and pushes as people work through them, by connectors of their own that are gone afterwards.
test.describe.configure({ mode: "serial", timeout: 300_000 });

let owner: Page;
let analyst: Page;
let connector: string;

test.beforeAll(async ({ browser }) => {
  [owner, analyst] = await Promise.all([openWindow(browser), openWindow(browser)]);
  await signIn(owner, "ada@team-a.example");
  await signIn(analyst, "alan@team-a.example");
});

/** Makes a connector with the reader's application, whatever else is set in its form, and gives its address. */
const connect = async (name: string, set: (form: ReturnType<Page["getByRole"]>) => Promise<void>) => {
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  await form.getByLabel("Fill from the sandbox").selectOption({ label: "TPI_Reader (Contoso)" });
  await form.getByRole("textbox", { name: /^Name/ }).fill(`${name} ${String(Date.now())}`);
  await set(form);
  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  return owner.url();
};

const plan = async (page: Page, address: string): Promise<void> => {
  await page.goto(address);
  await page.getByRole("button", { name: "Plan", exact: true }).click();
  await page.waitForURL(/\/plans\//);
};

const apply = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Apply" }).click();
};

/** Takes back what it sent and deletes it. */
const remove = async (address: string): Promise<void> => {
  await owner.goto(address);
  await owner.getByRole("button", { name: "Plan to withdraw everything" }).click();
  await owner.waitForURL(/\/plans\//);
  const nothing = owner.getByText("Nothing to do.");
  await expect(nothing.or(owner.getByRole("button", { name: "Apply" }))).toBeVisible();
  if (!(await nothing.isVisible())) {
    await apply(owner);
    await owner.waitForURL(/\/pushes\//);
    await expect(owner.getByText(/^Done: every one of/).first()).toBeVisible({ timeout: 60_000 });
    // The page follows until all of it was seen to be gone.
    await expect(owner.getByText(/^([\d,]+) of \1 removed ones?/)).toBeVisible({ timeout: 60_000 });
    await expect(owner.getByRole("link", { name: /^Gone/ })).toBeVisible();
  }
  await owner.goto(address);
  await owner.getByRole("button", { name: "Delete", exact: true }).click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await owner.waitForURL(/\/connectors$/);
};

test("a plan is searched and narrowed by type and action, and the list's download follows", async () => {
  connector = await connect("Plans", async (form) => {
    await form.getByLabel("Other days for single types").fill("ipv4 7");
  });
  await plan(owner, connector);
  const table = owner.getByRole("table", { name: "To add" });
  await expect(table).toBeVisible();
  const all = await table.getByRole("row").count();
  expect(all).toBeGreaterThan(1);

  await owner.getByLabel("Type", { exact: true }).selectOption({ label: "SHA-256" });
  const chips = owner.getByRole("list", { name: "Filters in force" });
  await expect(chips).toContainText("SHA-256");
  await owner.getByLabel("Action", { exact: true }).selectOption("Audit");
  await expect(chips).toContainText("Audit");
  const list = owner.getByRole("paragraph").filter({ hasText: "This list:" });
  const href = await list.getByRole("link", { name: "CSV" }).getAttribute("href");
  expect(href).toContain("type=sha256");
  const file = await (await owner.request.get(href ?? "")).text();
  const lines = file.trimEnd().split("\n").slice(1);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.every((line) => line.startsWith("add,") && line.includes(",sha256,"))).toBe(true);
  await look(owner, "plan-filtered");

  await owner.getByRole("link", { name: "Clear all" }).click();
  await expect(chips).toBeHidden();
  await owner.getByRole("searchbox", { name: "Search this plan" }).fill("nothing-like-this");
  await expect(owner.getByText("Nothing of this meets the filters.")).toBeVisible();
});

test("a plan that went stale says why, is not to be applied any more, and leads to a new one", async () => {
  await plan(analyst, connector);
  const stale = analyst.url();
  await owner.goto(`${connector}/edit`);
  await owner.getByRole("spinbutton", { name: /^Lowest confidence/ }).fill("20");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await owner.waitForURL(connector);
  const behind = owner.getByRole("note").filter({ hasText: "Something that decides changed since" });
  await expect(behind.getByRole("button", { name: "Make a new plan" })).toBeVisible();

  await apply(analyst);
  await expect(analyst.getByText("This plan is stale: nothing of it was sent")).toBeVisible();
  await expect(analyst.getByText("The connector's policy changed since this plan was made.")).toBeVisible();
  await expect(analyst.getByRole("button", { name: "Apply" })).toHaveCount(0);
  await look(analyst, "plan-stale");
  await analyst.getByRole("button", { name: "Make a new plan" }).click();
  await analyst.waitForURL((url) => url.pathname.includes("/plans/") && url.href !== stale);
  await expect(analyst.getByRole("button", { name: "Apply" })).toBeVisible();
  const newer = analyst.url();
  await analyst.goto(stale);
  await analyst.getByRole("link", { name: "Open the newer plan" }).click();
  await analyst.waitForURL(newer);
});

test("applying says what takes its time, and where it is found by whoever leaves", async () => {
  let go = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  await analyst.route("**/plans/*", async (route) => {
    if (route.request().method() === "POST") await gone;
    await route.continue();
  });
  await apply(analyst);
  const words = analyst.getByRole("alertdialog").getByRole("status");
  await expect(words.filter({ hasText: "its push is told on this page" })).toContainText(/[2-9] sec so far/);
  await look(analyst, "plan-applying");
  go();
  await analyst.waitForURL(/\/pushes\//);
  await analyst.unroute("**/plans/*");
});

test("a push that is done tells how long it took, and each receipt is found from it and from the connector", async () => {
  await expect(analyst.getByText(/^Done: every one of/).first()).toBeVisible({ timeout: 60_000 });
  await expect(analyst.getByText("It took")).toBeVisible();
  const receipts = analyst.getByRole("table", { name: "Receipts" });
  await expect(receipts.getByRole("row")).toHaveCount(51);
  await analyst.getByRole("link", { name: /^Accepted/ }).click();
  await expect(receipts.getByText("Accepted").first()).toBeVisible();
  await look(analyst, "push-done");
  await analyst.getByRole("link", { name: "Next" }).click();
  await analyst.waitForURL(/cursor=/);
  await expect(receipts).toBeVisible();

  await analyst.getByRole("link", { name: "The plan" }).click();
  await expect(analyst.getByText("Applied", { exact: true }).first()).toBeVisible();
  await analyst.getByRole("link", { name: "The push" }).click();
  await analyst.waitForURL(/\/pushes\//);

  await analyst.goto(connector);
  await analyst.getByRole("link", { name: "All receipts" }).click();
  await analyst.waitForURL(/\/receipts$/);
  await analyst.getByLabel("State").selectOption({ label: "Failed" });
  await expect(analyst.getByText("None is in this state.")).toBeVisible();
  const csv = analyst.getByRole("link", { name: "CSV" });
  await expect(csv).toHaveAttribute("href", /\/receipts\/download\?state=failed&format=csv$/);
  const file = await (await analyst.request.get((await csv.getAttribute("href")) ?? "")).text();
  expect(file).toMatch(/^\uFEFFindicatorId,.*\n$/);
  await remove(connector);
});

test("a plan that takes long is told with its time running, can be left, and is found again", async () => {
  const speedUp = await slowDown("/defender/api/indicators", 20_000);
  const address = await connect("Slow", () => Promise.resolve());
  await owner.getByRole("button", { name: "Plan", exact: true }).click();
  await owner.waitForURL(/\?planning=/);
  const waited = owner.url();
  await expect(owner.getByText("A plan is being made")).toBeVisible();
  await expect(owner.getByText(/^\d+ seconds so far/)).toBeVisible();
  await expect(owner.getByRole("button", { name: "Plan", exact: true })).toBeDisabled();

  await owner.goto("/t/team-a/overview");
  await analyst.goto(address);
  await expect(analyst.getByText("A plan is being made")).toBeVisible();
  await speedUp();
  await owner.goto(waited);
  await owner.waitForURL(/\/plans\//, { timeout: 60_000 });
  await expect(analyst.getByText("A plan is being made")).toBeHidden();
  await remove(address);
});

test("who approves what no person planned is told before that somebody else applies it", async () => {
  const address = await connect("Two", async (form) => {
    await form.getByRole("radio", { name: /^Automatic/ }).check();
    const limits = form.getByRole("group", { name: /second person/i });
    await limits.getByLabel("Additions").fill("1");
  });
  await expect(async () => {
    await owner.goto(address);
    await expect(owner.getByText("Its plan waits for a person.")).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await owner.getByRole("link", { name: "Look at the plan" }).click();
  await expect(owner.getByText(/the limit for one person alone is 1\./).first()).toBeVisible();
  await owner.getByRole("button", { name: "Approve" }).click();
  const dialog = owner.getByRole("alertdialog");
  await expect(dialog).toContainText("You cannot apply it yourself then.");
  await dialog.getByRole("button", { name: "Approve" }).click();
  await expect(owner.getByText("somebody else of the team has to apply it.")).toBeVisible();
  await expect(owner.getByText("It waits for a person.")).toBeHidden();
  await expect(owner.getByRole("button", { name: "Apply" })).toHaveCount(0);
  await look(owner, "plan-approved");

  await analyst.goto(owner.url());
  await apply(analyst);
  await analyst.waitForURL(/\/pushes\//);
  await expect(analyst.getByText(/^Done: every one of/).first()).toBeVisible({ timeout: 60_000 });
  await remove(address);
});

test("what waits of a wrong first push never arrives once everything is withdrawn, also where nothing stands yet", async () => {
  const address = await connect("Wrong list", () => Promise.resolve());
  await owner.getByRole("button", { name: "Stop sending" }).click();
  const stop = owner.getByRole("alertdialog");
  await stop.getByRole("textbox", { name: /^Reason/ }).fill("The wrong list.");
  await stop.getByRole("button", { name: "Stop sending" }).click();
  await expect(owner.getByRole("button", { name: "Switch sending on" })).toBeVisible();
  await plan(owner, address);
  await apply(owner);
  await owner.waitForURL(/\/pushes\//);
  const wrong = owner.url();

  await owner.goto(address);
  await owner.getByRole("button", { name: "Plan to withdraw everything" }).click();
  await owner.waitForURL(/\/plans\//);
  const note = owner
    .getByRole("note")
    .filter({ hasText: /more wait to be sent, and this plan takes their place/ });
  await expect(note).toContainText("nothing of it arrives");
  await expect(owner.getByText("Nothing to do.")).toBeHidden();
  await look(owner, "plan-withdraws-what-waits");
  await owner.getByRole("button", { name: "Apply" }).click();
  const dialog = owner.getByRole("alertdialog");
  await expect(dialog).toContainText(/\d+ records that wait to be sent are not sent any more/);
  await dialog.getByRole("button", { name: "Apply" }).click();
  await owner.waitForURL((url) => url.pathname.includes("/pushes/") && url.href !== wrong);

  await owner.goto(address);
  await owner.getByRole("button", { name: "Switch sending on" }).click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Switch it on" }).click();
  await expect(owner.getByText("Sending goes on.").first()).toBeVisible();
  await owner.goto(wrong);
  await expect(owner.getByText("Stopped", { exact: true }).first()).toBeVisible();
  await expect(
    owner.getByText("Sending was switched off when a newer plan was applied.").first(),
  ).toBeVisible();
  await remove(address);
});
