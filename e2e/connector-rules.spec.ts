import { expect, test, type Page } from "@playwright/test";

import { look } from "./fixtures/look";
import { openWindow, signIn } from "./fixtures/people";

// The rules of a connector as a person writes them, on a desk and in a hand.
let owner: Page;

test.beforeAll(async ({ browser }) => {
  owner = await openWindow(browser);
  await signIn(owner, "ada@team-a.example");
});

test("an owner writes rules in a hand, reads what each means, and is told why one may not be", async () => {
  const name = `Rules ${String(Date.now())}`;
  await owner.setViewportSize({ width: 390, height: 844 });
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  await form.getByLabel("Fill from the sandbox").selectOption({ index: 1 });
  await form.getByRole("textbox", { name: /^Name/ }).fill(name);
  await form.getByLabel("Other days for single types").fill("ipv4 7, domain 30");

  const rules = form.getByRole("list", { name: /^Rules/ });
  await form.getByRole("button", { name: "Add a rule" }).click();
  const first = rules.getByRole("listitem").nth(0);
  await first.getByText("Types: all").click();
  await first.getByRole("checkbox", { name: "SHA-256" }).check();
  await first.getByLabel("Confidence at least").fill("90");
  await first.getByLabel("Action").selectOption("Allowed");
  await expect(first).toContainText("SHA-256, confidence 90 or more: Allowed.");
  await form.getByRole("button", { name: "Save connector" }).click();
  await expect(form).toContainText("Rule 1: Allowed may not depend on a confidence");

  await first.getByLabel("Action").selectOption("Block");
  await expect(form).not.toContainText("may not depend on a confidence");
  await form.getByRole("button", { name: "Add a rule" }).click();
  const second = rules.getByRole("listitem").nth(1);
  await second.getByLabel("Tagged").fill("apt%");
  await second.getByLabel("Alert severity").selectOption("High");
  await form.getByRole("button", { name: "Move rule 2 up" }).click();
  await expect(first).toContainText("Everything, tagged “apt%”: Audit, alert severity High.");
  await first.getByLabel("Device groups").fill("Servers");
  await expect(first).toContainText("Audit, alert severity High, on “Servers” alone.");
  await form.getByLabel("Most devices that saw it").fill("50");
  await look(owner, "connector-rules");

  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  await expect(owner.getByText("SHA-256, confidence 90 or more: Block.")).toBeVisible();
  await expect(owner.getByText(/; ipv4 7, domain 30$/)).toBeVisible();
  await expect(owner.getByText(/^Not blocked: what is seen on more than 50 devices/)).toBeVisible();
  await owner.getByRole("link", { name: "Edit" }).click();
  await expect(rulesIn(owner)).toHaveCount(2);
  await owner.getByRole("button", { name: "Remove rule 1" }).click();
  const left = rulesIn(owner).first();
  await left.getByLabel("Action").selectOption("Allowed");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await expect(owner.getByText(/Rule 1: Allowed may not depend on a confidence/)).toBeVisible();
  await left.getByLabel("Action").selectOption("Warn");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  await expect(owner.getByText(/tagged “apt%”/)).toBeHidden();

  await owner.getByRole("button", { name: "Try MD5" }).click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Try it" }).click();
  await expect(owner.getByText("The tenant takes it")).toBeVisible();

  await owner.getByRole("button", { name: "Delete", exact: true }).click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await owner.waitForURL(/\/connectors$/);
});

const rulesIn = (page: Page) => page.getByRole("list", { name: /^Rules/ }).locator(":scope > li");
