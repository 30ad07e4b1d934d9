import { expect, test, type Page } from "@playwright/test";

import { look } from "./fixtures/look";
import { openWindow, signIn } from "./fixtures/people";
import { readTenant } from "./fixtures/sandbox";
import { settings } from "./fixtures/settings";

// What takes much away at once says how much and where before the click. What is changed here is put back.
test.describe.configure({ mode: "serial" });

const FEED = "Team A - Microsoft COVID-19 Indicators";
let admin: Page;
let owner: Page;

test.beforeAll(async ({ browser }) => {
  [admin, owner] = await Promise.all([openWindow(browser), openWindow(browser)]);
  await signIn(admin, settings.adminEmail);
  await signIn(owner, "ada@team-a.example");
});

const openFeed = async (): Promise<void> => {
  await owner.goto("/t/team-a/feeds");
  await owner.getByRole("link", { name: FEED, exact: true }).click();
  await expect(owner.getByRole("heading", { level: 1, name: FEED })).toBeVisible();
};

test("an administrator sees whose records a change of a tenant's places takes away, and it is saved only when that is agreed to", async () => {
  await admin.goto("/admin/destinations");
  const { tenantId } = await readTenant("Contoso");
  const destination = admin.getByRole("region", { name: /^Defender tenant/ }).filter({ hasText: tenantId });
  const form = destination.getByRole("form", { name: "Who gets the places" });
  const keptFree = form.getByLabel("Kept free");

  await form.getByRole("button", { name: "What would change?" }).click();
  await expect(form.getByText(/^Note: 0 records would leave, 0 would come in/)).toBeVisible();

  await keptFree.fill("15000");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  const alert = form.getByRole("alert");
  await expect(alert).toContainText(/[1-9]\d* records? would leave, 0 would come in/);
  const shifts = form.getByRole("region", { name: "What would change, by team and feed" });
  await expect(shifts.getByRole("row", { name: /^Team A/ })).toBeVisible();
  await expect(shifts.getByRole("row", { name: new RegExp(`^Feed ${FEED}`) })).toBeVisible();
  await look(admin, "destinations-change");
  await form.getByRole("button", { name: "Do not save" }).click();
  await expect(alert).toBeHidden();
  await expect(keptFree).toHaveValue("0");
  await admin.reload();
  await expect(keptFree).toHaveValue("0");

  await keptFree.fill("15000");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await form.getByRole("button", { name: /^Save, and let \d+ leave$/ }).click();
  await expect(form.getByText(/^Done: Saved\./)).toBeVisible();
  await keptFree.fill("0");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await expect(form.getByText(/^Done: Saved\./)).toBeVisible();
  await admin.reload();
  await expect(keptFree).toHaveValue("0");
});

test("an administrator names a tenant, and its connectors are told by that name", async () => {
  const { tenantId } = await readTenant("Contoso");
  await admin.goto("/admin/destinations");
  const names = admin.getByRole("region", { name: "Names of tenants" });
  const field = names.getByRole("textbox", { name: `Name of ${tenantId}` });
  const before = await field.inputValue();
  const save = async (name: string) => {
    await field.fill(name);
    await names
      .getByRole("listitem")
      .filter({ hasText: tenantId })
      .getByRole("button", { name: "Save" })
      .click();
  };

  await save("Contoso Ltd");
  await expect(names.getByText("Done: It is called Contoso Ltd for every team.")).toBeVisible();
  await expect(admin.getByRole("region", { name: "Defender tenant Contoso Ltd" })).toContainText(tenantId);
  await look(admin, "tenant-names");
  await owner.goto("/t/team-a/connectors");
  await owner.getByRole("link", { name: "Defender", exact: true }).click();
  await expect(owner.getByText("Defender, tenant Contoso Ltd")).toContainText(tenantId);
  await save(before);
});

test("withdrawing a feed says how much that is at each destination, and lifting it what comes back", async () => {
  await openFeed();
  await owner.getByRole("button", { name: "Withdraw everything" }).click();
  const withdraw = owner.getByRole("alertdialog");
  await expect(
    withdraw.getByRole("listitem").filter({ hasText: /^Sentinel: \d+ taken back\./ }),
  ).toBeVisible();
  await expect(withdraw).toContainText("What another feed of the team also vouches for stays");
  await look(owner, "withdraw-feed");
  await withdraw.getByRole("textbox", { name: /^Reason/ }).fill("A list of partners.");
  await withdraw.getByRole("button", { name: "Withdraw", exact: true }).click();
  await owner.waitForURL("**/t/team-a/recalls");
  const held = owner.getByRole("row", { name: new RegExp(FEED) }).filter({ hasText: "A list of partners." });
  await expect(held.first()).toContainText(/Sentinel: \d+, to review/);

  await held.first().getByRole("button", { name: "Lift" }).click();
  const lift = owner.getByRole("alertdialog");
  await expect(lift).toContainText("Plans that would take it back");
  await expect(lift.getByText(/ sent/).last()).toBeVisible();
  await look(owner, "lift-hold");
  await lift.getByRole("button", { name: "Lift it" }).click();
  await expect(owner.getByText(/^Lifted\. /).first()).toBeVisible();
  await expect(held.first()).not.toContainText("to review");
});

test("a whole team's dialog does not speak of other feeds", async () => {
  await owner.goto("/t/team-a/settings");
  await owner.getByRole("button", { name: "Withdraw everything" }).click();
  const dialog = owner.getByRole("alertdialog");
  await expect(dialog.getByRole("listitem").filter({ hasText: /^Defender: \d+ taken back\./ })).toBeVisible();
  await expect(dialog).toContainText("whichever of its feeds vouches for it");
  await expect(dialog).not.toContainText("another feed");
  await dialog.getByRole("button", { name: "Cancel" }).click();
});

test("rolling a run back says beforehand what leaves which destination, and is undone by one click", async () => {
  await openFeed();
  // Of the newest run that was read and is live.
  const live = owner.getByRole("row").filter({ hasText: "Succeeded" }).first();
  await live.getByRole("link").first().click();
  await owner.waitForURL(/\/runs\//);
  await owner.getByRole("button", { name: "Roll back" }).click();
  const dialog = owner.getByRole("alertdialog");
  await expect(dialog.getByRole("status").first()).toContainText(/taken back|Nothing of what leaves stands/);
  await look(owner, "roll-back");
  await dialog.getByRole("button", { name: "Roll back this run" }).click();
  await expect(owner.getByText(/is live (again|now): /).first()).toBeVisible();
  await look(owner, "rolled-back");
  await owner.getByRole("button", { name: "Make it live again" }).click();
  await expect(owner.getByRole("button", { name: "Roll back" })).toBeVisible();
  await expect(owner.getByText("Succeeded", { exact: true }).first()).toBeVisible();
});

test("a stop of one connector says who, why and what waits, and asks before sending goes on", async () => {
  await owner.goto("/t/team-a/connectors");
  await owner.getByRole("link", { name: "Defender", exact: true }).click();
  await owner.getByRole("button", { name: "Stop sending" }).click();
  const stop = owner.getByRole("alertdialog");
  await expect(stop).toContainText("A record that another connector wants as well may still be rewritten");
  await stop.getByRole("textbox", { name: /^Reason/ }).fill("Testing the brake");
  await stop.getByRole("button", { name: "Stop sending" }).click();

  const note = owner.getByRole("note").filter({ hasText: "Nothing is sent here." });
  await expect(note).toContainText("Reason: “Testing the brake”");
  await expect(note).toContainText("Nothing waits to leave now");
  await look(owner, "connector-stopped");

  await owner.getByRole("button", { name: "Switch sending on" }).click();
  const start = owner.getByRole("alertdialog");
  await expect(start).toContainText("“Testing the brake”");
  await start.getByRole("button", { name: "Switch it on" }).click();
  await expect(note).toBeHidden();
});

test("a connector that is paused says what goes on, and plans only what it takes back", async () => {
  await owner.goto("/t/team-a/connectors");
  await owner.getByRole("link", { name: "Sentinel", exact: true }).click();
  await owner.getByRole("button", { name: "Pause" }).click();
  await expect(owner.getByText(/^Paused: nothing new is planned or applied\./)).toBeVisible();
  await expect(owner.getByRole("button", { name: "Plan", exact: true })).toBeHidden();
  await expect(owner.getByRole("button", { name: "Plan removals" })).toBeVisible();
  await look(owner, "connector-paused");
  await owner.getByRole("button", { name: "Resume" }).click();
  await expect(owner.getByRole("button", { name: "Plan", exact: true })).toBeVisible();
});

test("a stop of all is told to the teams, and ended by an administrator", async () => {
  await admin.goto("/admin/system");
  await admin.getByRole("button", { name: "Stop sending" }).click();
  const stop = admin.getByRole("alertdialog");
  await expect(stop).not.toContainText("another connector");
  await stop.getByRole("textbox", { name: /^Reason/ }).fill("An exercise");
  await stop.getByRole("button", { name: "Stop sending" }).click();
  const note = admin.getByRole("note").filter({ hasText: "Nothing is sent to any destination." });
  await expect(note).toContainText("Reason: “An exercise”");
  await look(admin, "system-stopped");

  await owner.goto("/t/team-a/connectors");
  await owner.getByRole("link", { name: "Defender", exact: true }).click();
  await expect(owner.getByRole("note").filter({ hasText: "“An exercise”" })).toContainText(
    "An administrator ends it",
  );
  await owner.getByRole("button", { name: "Plan", exact: true }).click();
  await owner.waitForURL(/\/plans\//);
  await expect(
    owner.getByRole("note").filter({ hasText: "Nothing is sent to any destination." }),
  ).toContainText("An exercise");

  await admin.getByRole("button", { name: "Switch sending on" }).click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Switch it on" }).click();
  await expect(note).toBeHidden();
});

test("nobody confirms a withdrawal before it is counted, or without being told that it is not", async () => {
  await owner.goto("/t/team-a/settings");
  let count = (): void => undefined;
  const counted = new Promise<void>((resolve) => {
    count = resolve;
  });
  await owner.route("**/t/team-a/settings", async (route) => {
    if (route.request().method() === "POST") await counted;
    await route.continue();
  });
  await owner.getByRole("button", { name: "Withdraw everything" }).click();
  const dialog = owner.getByRole("alertdialog");
  await expect(dialog.getByText(/^Counting/)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Withdraw", exact: true })).toBeDisabled();
  await expect(dialog.getByRole("button", { name: "Withdraw without the count" })).toBeEnabled({
    timeout: 15_000,
  });
  count();
  await expect(dialog.getByRole("button", { name: "Withdraw", exact: true })).toBeEnabled();
  await owner.unroute("**/t/team-a/settings");
  await dialog.getByRole("button", { name: "Cancel" }).click();
});
