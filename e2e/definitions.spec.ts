import { readFile } from "node:fs/promises";

import { expect, test, type Page } from "@playwright/test";
import { z } from "zod";

import { look } from "./fixtures/look";
import { openWindow, signIn } from "./fixtures/people";
import { settings } from "./fixtures/settings";

// Definitions of feeds come in from MISP and go out again. A team of its own, so that nothing else finds feeds in its way.
test.describe.configure({ mode: "serial" });

const SECRET = "canary-of-the-header";

/** As MISP's “Feeds → Export” gives them; the JSON list is one of Sluice's own kinds. */
const DEFINITIONS = [
  {
    Feed: {
      name: "Botnet addresses",
      provider: "Example",
      url: "https://lists.example.com/botnets.csv",
      source_format: "csv",
      enabled: true,
      publish: true,
      settings: JSON.stringify({ csv: { value: "2", delimiter: ";" } }),
      headers: `X-Key: ${SECRET}`,
    },
    Tag: { name: 'misp-galaxy:threat-actor="A, B"' },
  },
  {
    Feed: {
      name: "On the server",
      provider: "Example",
      url: "/var/feeds/list.txt",
      source_format: "freetext",
      input_source: "local",
    },
  },
  {
    Feed: {
      name: "Botnet addresses, again",
      provider: "Example",
      url: "https://lists.example.com/botnets.csv",
      source_format: "csv",
    },
  },
  {
    Feed: {
      name: "A vendor's JSON",
      provider: "Example",
      url: "https://lists.example.com/iocs.json",
      source_format: "json",
    },
  },
];

let page: Page;
let feeds: string;

test.beforeAll(async ({ browser }) => {
  page = await openWindow(browser);
  await signIn(page, settings.adminEmail);
  const name = `Exchange ${String(Date.now())}`;
  await page.goto("/admin/teams");
  const form = page.getByRole("form", { name: "Add a team" });
  await form.getByLabel("Team").fill(name);
  await form.getByRole("button", { name: "Add the team" }).click();
  await expect(page.getByRole("row", { name: new RegExp(name) })).toBeVisible();
  feeds = `/t/${name.toLowerCase().replace(" ", "-")}/feeds`;
});

test("a team without feeds is told that there is nothing to export", async () => {
  // One card of the catalogue is enough here.
  await page.goto(`${feeds}/catalogue?q=botvrij`);
  await expect(page.getByText("The team has no feed to export yet.")).toBeVisible();
  await expect(page.getByRole("link", { name: /^Download/ })).toHaveCount(0);
});

test("an import tells of each definition what became of it", async () => {
  const form = page.getByRole("form", { name: "Import feeds" });
  const json = JSON.stringify(DEFINITIONS);
  await form
    .getByLabel("File with definitions")
    .setInputFiles({ name: "feeds.json", mimeType: "application/json", buffer: Buffer.from(json) });
  await expect(form.getByRole("textbox", { name: /^Definitions/ })).toHaveValue(json);
  await form.getByRole("button", { name: "Import" }).click();
  await expect(form.getByText("2 feeds added, 2 definitions not.")).toBeVisible();

  const results = form.getByRole("list", { name: "What became of each definition" }).getByRole("listitem");
  await expect(results).toHaveCount(4);
  await expect(results.nth(0)).toContainText(/^Added.*Botnet addresses.*Auto publish/s);
  await expect(results.nth(1)).toContainText(/^Not taken.*On the server.*Upload the file here instead/s);
  await expect(results.nth(2)).toContainText(/^Skipped.*again.*The team has a feed with this address/s);
  await expect(results.nth(3)).toContainText(/^Added.*A vendor's JSON/s);
  await look(page, "feeds-imported");
});

test("what an export leaves out is said beside it, and the files are as it says", async () => {
  const secrets = page.getByRole("note").filter({ hasText: "Secrets are in no file." });
  await expect(secrets).toContainText("Botnet addresses: the header “X-Key”");
  const leftOut = page.getByRole("list", { name: "Not in the file: For MISP and Sluice" });
  await expect(leftOut.getByRole("listitem")).toHaveText([
    "A vendor's JSON (JSON): MISP's definitions have no form for this kind.",
  ]);

  const misp = await download("Download for MISP");
  const sluice = await download("Download for Sluice");

  expect(misp.name).toMatch(/^exchange-\d+-feeds\.json$/);
  expect(misp.names).toEqual(["Botnet addresses"]);
  expect(sluice.name).toMatch(/^exchange-\d+-all-feeds\.json$/);
  expect(sluice.names).toEqual(["Botnet addresses", "A vendor's JSON"]);
  expect(`${misp.text} ${sluice.text}`).not.toContain(SECRET);
});

test("a feed that was imported stays as it is when its form is saved untouched", async () => {
  await page
    .getByRole("list", { name: "What became of each definition" })
    .getByRole("link", { name: "Botnet addresses", exact: true })
    .click();
  await page.waitForURL(/\/feeds\/[0-9a-f-]{36}$/);
  const address = page.url();
  await page.goto(`${address}/edit`);
  await expect(page.getByRole("textbox", { name: /^Tags/ })).toHaveValue('misp-galaxy:threat-actor="A, B"');
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(address);

  await page.goto(`${address}/edit`);
  await expect(page.getByRole("textbox", { name: /^Tags/ })).toHaveValue('misp-galaxy:threat-actor="A, B"');
});

const definitionsSchema = z.array(z.object({ Feed: z.object({ name: z.string() }) }));

const download = async (label: string) => {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: label }).click(),
  ]);
  const text = await readFile(await file.path(), "utf8");
  const definitions = definitionsSchema.parse(JSON.parse(text));
  return { name: file.suggestedFilename(), text, names: definitions.map(({ Feed }) => Feed.name) };
};
