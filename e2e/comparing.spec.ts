import { expect, test, type Page } from "@playwright/test";

import { look } from "./fixtures/look";
import { openWindow, signIn } from "./fixtures/people";
import { openTenant, readTenant } from "./fixtures/sandbox";

// What a gate, a network and somebody at Microsoft do to what a team sends, as a person settles it, at a tenant that nobody else
// sends to. Each part builds on the one before.
test.describe.configure({ mode: "serial" });

const TENANT = "Fabrikam";
const APPLICATION = "TPI_Fabrikam";
const ROLES = ["Ti.ReadWrite", "Ti.Read.All", "URL.Read.All", "Ip.Read.All", "File.Read.All"];
const STAMP = String(Date.now());
const CONNECTOR = `Compared ${STAMP}`;
const named = (word: string): string => `${word}-${STAMP}.example-sluice.com`;
const WIDE = named("wide");
const [CHANGED, REMOVED, IGNORED] = [named("changed"), named("removed"), named("ignored")];
const [ADOPTED, UNWANTED, THEIRS] = [named("adopted"), named("unwanted"), named("theirs")];
const NETWORK = "45.147.230.4/30";

let owner: Page;
let outside: Awaited<ReturnType<typeof openTenant>>;

test.beforeAll(async ({ browser }) => {
  outside = await openTenant(TENANT, APPLICATION);
  await outside.grant(ROLES);
  await outside.seed({
    records: [{ indicatorValue: THEIRS, indicatorType: "DomainName", action: "Audit", title: "Theirs" }],
    sightings: [{ value: WIDE, devices: 1_204 }],
  });
  owner = await openWindow(browser);
  await signIn(owner, "ada@team-a.example");
});

const add = async (values: readonly string[]): Promise<void> => {
  await owner.goto("/t/team-a/indicators/new");
  const form = owner.getByRole("form", { name: "Add indicators" });
  await form.getByLabel("Values").fill(values.join("\n"));
  await form.getByLabel("Comment").fill("For the comparison");
  await form.getByRole("button", { name: "Add to the list" }).click();
  const count = String(values.length);
  await expect(owner.getByText(new RegExp(`${count} of ${count} values are in`)).first()).toBeVisible();
};

const open = async (): Promise<void> => {
  await owner.goto("/t/team-a/connectors");
  await owner.getByRole("link", { name: CONNECTOR, exact: true }).click();
  await expect(owner.getByRole("heading", { level: 1, name: CONNECTOR })).toBeVisible();
};

const plan = async (): Promise<void> => {
  await open();
  await owner.getByRole("button", { name: "Plan", exact: true }).click();
  await owner.waitForURL(/\/plans\//);
};

const planAndApply = async (): Promise<void> => {
  await plan();
  await owner.getByRole("button", { name: "Apply" }).click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Apply" }).click();
  await owner.waitForURL(/\/pushes\//);
  await expect(owner.getByText(/^Done: every one of/).first()).toBeVisible({ timeout: 60_000 });
};

/** Has the destination compared, once that may be asked for again, and waits until it is done. */
const compare = async (): Promise<void> => {
  await open();
  const button = owner.getByRole("button", { name: "Compare now" });
  await expect(async () => {
    await button.click();
    await expect(owner.getByText("It is compared; this page follows.").first()).toBeVisible({
      timeout: 2_000,
    });
  }).toPass({ timeout: 60_000 });
  await expect(owner.getByText(/^Compared (?:just now|\d+ sec ago) with what was sent/)).toBeVisible({
    timeout: 60_000,
  });
};

const rowOf = (table: string, value: string) =>
  owner.getByRole("table", { name: table }).getByRole("row", { name: new RegExp(value.split(".")[0] ?? "") });
const drifted = (value: string) => rowOf("What drifted", value);
const stranger = (value: string) => rowOf("Records that Sluice knows nothing of", value);
const others = (value: string) => rowOf("Held by others", value);
const decide = () => owner.getByRole("group", { name: "Decide" });
const standing = async (value: string) =>
  (await readTenant(TENANT)).defender.indicators.find(({ indicatorValue }) => indicatorValue === value);

test("networks are switched on with their cost shown, counted for the feeds that are ticked", async () => {
  await add([WIDE, CHANGED, REMOVED, IGNORED, NETWORK]);
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  await form.getByLabel("Fill from the sandbox").selectOption({ label: `${APPLICATION} (${TENANT})` });
  await form.getByRole("textbox", { name: /^Name/ }).fill(CONNECTOR);
  await expect(form.getByText("Defender takes single addresses only: networks stay here.")).toBeVisible();
  await form.getByLabel("Networks as single addresses").selectOption("4");
  const cost = form.getByText("1 network of your team would take up to 4 of the tenant’s places.");
  await expect(cost).toBeVisible();

  const types = form.getByRole("group", { name: "Types" });
  await types.getByRole("checkbox", { name: "SHA-256" }).check();
  await expect(form.getByText(/^No such network of your team goes there/)).toBeVisible();
  await types.getByRole("checkbox", { name: "SHA-256" }).uncheck();
  const feeds = form.getByRole("group", { name: "Feeds", exact: true });
  await feeds.getByRole("radio", { name: /^Only these/ }).check();
  await expect(feeds.getByText(/^None is ticked: nothing goes there/)).toBeVisible();
  await expect(form.getByText(/^No such network of your team goes there/)).toBeVisible();
  await feeds.getByRole("checkbox", { name: "Local indicators" }).check();
  await expect(cost).toBeVisible();

  await form.getByLabel("Action", { exact: true }).first().selectOption("Block");
  await form.getByLabel("Most devices that saw it").fill("50");
  await form.getByRole("radio", { name: /^Ask/ }).check();
  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  await expect(owner.getByText(/not visible/)).toHaveCount(0);
  await expect(owner.getByText(/^Compared .* with what was sent/)).toBeVisible({ timeout: 30_000 });
  await expect(owner.getByText("Not from Sluice").first()).toBeVisible();
  await expect(
    owner.getByText(/^When that was compared, nothing of this connector’s stood there/),
  ).toBeVisible();
});

test("the prevalence gate keeps in what too many devices saw, until a person lets it through", async () => {
  await expect(async () => {
    await plan();
    await expect(owner.getByRole("link", { name: "Waits for its prevalence" })).toHaveCount(0, {
      timeout: 1_000,
    });
  }).toPass({ timeout: 90_000 });
  await owner.getByRole("link", { name: "Seen on too many devices to block" }).click();
  const row = owner.getByRole("row", { name: new RegExp(`wide-${STAMP}`) });
  await expect(row).toContainText("1,204 devices");
  await look(owner, "plan-gate");
  await row.getByRole("button", { name: "Let through" }).click();
  const dialog = owner.getByRole("alertdialog");
  await dialog.getByLabel("Reason").fill("The domain is the attacker’s alone.");
  await dialog.getByRole("button", { name: "Let through" }).click();
  await expect(owner.getByText("Let through: the next plan blocks it.").first()).toBeVisible();
  await expect(row).toContainText("“The domain is the attacker’s alone.” The next plan blocks it.");
  await expect(row.getByRole("button", { name: "Let through" })).toHaveCount(0);

  await planAndApply();
  expect(await standing(WIDE)).toMatchObject({ action: "Block" });
  for (const last of [4, 5, 6, 7]) expect(await standing(`45.147.230.${String(last)}`)).toBeDefined();
  await open();
  await expect(rowOf("Let through the gate", WIDE)).toContainText("The domain is the attacker’s alone.");
  await owner.goto(`/t/team-a/indicators?q=${encodeURIComponent(NETWORK)}`);
  await expect(owner.getByRole("row", { name: /45/ })).toContainText("4 of 4 addresses");
});

test("what somebody changed and removed is found on request, and put right by a push that the row names", async () => {
  await outside.change(CHANGED, { severity: "High" });
  await outside.change(IGNORED, { severity: "Informational" });
  await outside.remove(REMOVED);
  await compare();
  await expect(owner.getByText("3 records are not as sent.")).toBeVisible();
  await expect(owner.getByText(/3 wait for a decision/)).toBeVisible();
  await look(owner, "connector-drift");

  await drifted(CHANGED).getByRole("checkbox").check();
  await decide().getByRole("button", { name: "Put right" }).click();
  await expect(drifted(CHANGED)).toContainText("Is put right by the next plan");
  await expect(
    owner.getByText(/2 wait for a decision\. 1 is to be put right by the next plan/),
  ).toBeVisible();
  await plan();
  await open();
  await drifted(CHANGED).getByRole("link", { name: "the plan that waits to be applied" }).click();
  await owner.waitForURL(/\/plans\//);
  await planAndApply();
  await open();
  await expect(drifted(CHANGED)).toHaveCount(0);
  await expect(owner.getByText("2 records are not as sent.")).toBeVisible();
});

test("how a record stands there is adopted with a reason, and another is ignored", async () => {
  await drifted(REMOVED).getByRole("checkbox").check();
  await decide().getByRole("button", { name: "Adopt" }).click();
  const dialog = owner.getByRole("alertdialog");
  await dialog.getByLabel("Reason").fill("The SOC took it away on purpose.");
  await dialog.getByRole("button", { name: "Adopt" }).click();
  await expect(owner.getByRole("heading", { name: "Adopted from Microsoft" })).toBeVisible();
  await expect(rowOf("Adopted from Microsoft", REMOVED)).toContainText("The SOC took it away on purpose.");

  await drifted(IGNORED).getByRole("checkbox").check();
  await decide().getByRole("button", { name: "Ignore" }).click();
  await expect(drifted(IGNORED)).toContainText("Ignored until it changes");
  await plan();
  await expect(owner.getByText("Nothing to do.")).toBeVisible();
});

test("a record of our application that nobody here knows of is adopted, and another removed after a review", async () => {
  const record = { indicatorType: "DomainName", action: "Warn", createdBy: outside.clientId };
  await outside.seed({
    records: [
      { ...record, indicatorValue: ADOPTED, title: "By hand" },
      { ...record, indicatorValue: UNWANTED, title: "By hand" },
    ],
  });
  await compare();
  await owner.getByRole("link", { name: "All of them" }).click();
  await owner.waitForURL(/\/unsent$/);
  await look(owner, "unsent-strangers");
  await stranger(ADOPTED).getByRole("checkbox").check();
  await decide().getByRole("button", { name: "Adopt" }).click();
  const adopting = owner.getByRole("alertdialog");
  await expect(adopting).toContainText("joins your team’s own list");
  await adopting.getByLabel("Reason").fill("Added by hand before Sluice was here.");
  await adopting.getByRole("button", { name: "Adopt" }).click();
  await expect(stranger(ADOPTED)).toContainText("Adopted, by");

  await owner.getByRole("searchbox", { name: "Find a value" }).fill("unwanted");
  await expect(stranger(ADOPTED)).toHaveCount(0);
  await stranger(UNWANTED).getByRole("checkbox").check();
  await decide().getByRole("button", { name: "Mark to remove" }).click();
  await owner.getByRole("button", { name: "Review and remove" }).click();
  const dialog = owner.getByRole("alertdialog");
  await expect(dialog).toContainText("unwanted");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(stranger(UNWANTED)).toContainText("Being removed");
  await expect.poll(() => standing(UNWANTED), { timeout: 30_000 }).toBeUndefined();
  await compare();
  await expect(stranger(UNWANTED)).toContainText("Removed, and seen to be gone");

  await planAndApply();
  expect((await standing(ADOPTED))?.title).toContain("Team A");
});

test("what others hold is listed with who made it, found by a filter, and the page says how to go about it", async () => {
  await open();
  await owner.getByRole("link", { name: "See them" }).click();
  await owner.waitForURL(/of=others/);
  await expect(others(THEIRS)).toContainText("Contoso SOAR");
  await owner.getByText("Why, and how to go about it").click();
  await expect(owner.getByText(/^Ask whoever made it/)).toBeVisible();
  await look(owner, "unsent-others");
  await owner.getByRole("searchbox", { name: "Find a value" }).fill("nothing-like-that");
  await expect(owner.getByText("Others hold nothing like that there.")).toBeVisible();
  await owner.getByRole("searchbox", { name: "Find a value" }).fill("theirs");
  await expect(others(THEIRS)).toBeVisible();
  const csv = owner.getByRole("link", { name: "CSV" });
  await expect(csv).toHaveAttribute("href", /\/foreign\/download\?q=theirs&format=csv$/);
});
