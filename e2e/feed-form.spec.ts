import { expect, test, type Page } from "@playwright/test";

import { look } from "./fixtures/look";
import { openWindow, signIn } from "./fixtures/people";
import { settings } from "./fixtures/settings";

// What the form of a feed says of an address before anything is saved.
let analyst: Page;

test.beforeAll(async ({ browser }) => {
  analyst = await openWindow(browser);
  await signIn(analyst, "ada@team-a.example");
});

const previewOf = async (path: string) => {
  await analyst.goto("/t/team-a/feeds/new");
  await analyst.getByRole("textbox", { name: "Address required" }).fill(`${settings.sandboxUrl}${path}`);
  await analyst.getByRole("button", { name: "Preview" }).click();
  return analyst.getByRole("region", { name: "Preview", exact: true });
};

test("an address of another kind is recognised, and read as what it is at one click", async () => {
  const preview = await previewOf("/feeds/misp/manifest.json");
  await expect(preview).toContainText("This looks like the manifest.json of a MISP feed");
  await look(analyst, "feed-new-other-kind");

  await preview.getByRole("button", { name: "Read it as MISP feed" }).click();

  await expect(analyst.getByRole("radio", { name: /^MISP feed/ })).toBeChecked();
  await expect(preview).toContainText(/[1-9][\d,]* indicators? in/);
  await expect(preview).not.toContainText("This looks like");
});

test("a server of another kind is recognised, too", async () => {
  const preview = await previewOf("/feeds/taxii2/");
  await expect(preview.or(analyst.getByRole("alert")).first()).toContainText(/TAXII/);
});

test("a key in the address is sealed: the saved feed shows where it stands, and not what it is", async () => {
  await analyst.goto("/t/team-a/feeds/new");
  await analyst
    .getByRole("textbox", { name: "Address required" })
    .fill(`${settings.sandboxUrl}/feeds/blocklist.txt?apikey=k3y-nobody-sees`);
  await analyst.getByRole("textbox", { name: /^Name/ }).fill(`Sealed ${String(Date.now())}`);
  await analyst.getByRole("button", { name: "Add and run now" }).click();
  await analyst.waitForURL(/\/feeds\/[0-9a-f-]{36}$/);
  await expect(analyst.getByRole("link", { name: "Run 1" })).toBeVisible({ timeout: 30_000 });
  expect(await analyst.content()).not.toContain("k3y-nobody-sees");

  await analyst.getByRole("link", { name: "Edit" }).click();

  await expect(analyst.getByRole("textbox", { name: "Address required" })).toHaveValue(
    /\?apikey=\{sealed\}$/,
  );
  await analyst.getByRole("button", { name: "Preview" }).click();
  await expect(analyst.getByRole("region", { name: "Preview", exact: true })).toContainText(/indicators? in/);
  await analyst.getByRole("link", { name: "Cancel" }).click();
  await analyst.getByRole("button", { name: "Delete", exact: true }).click();
  await analyst.getByRole("button", { name: "Delete the feed" }).click();
  await analyst.waitForURL(/\/t\/team-a\/feeds$/);
});
