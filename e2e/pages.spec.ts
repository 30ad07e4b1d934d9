import { expect, test, type Page } from "@playwright/test";

import { look } from "./fixtures/look";
import { fill, PAGES } from "./fixtures/pages";
import { invite, openWindow, signIn } from "./fixtures/people";
import { settings } from "./fixtures/settings";

// Every page that exists, opened on what the story left, by somebody who may. After a page that is not whole the browser
// begins anew, so what is prepared here may have been prepared before.
/** The list on which the page of one thing is found. */
const LISTS: Readonly<Record<string, string>> = {
  "/t/[team]/feeds/[id]": "/t/team-a/feeds",
  "/t/[team]/feeds/[id]/edit": "/t/team-a/feeds",
  "/t/[team]/feeds/shared/[id]": "/t/team-a/feeds",
  "/t/[team]/runs/[id]": "/t/team-a/feeds",
  "/t/[team]/runs/[id]/rows": "/t/team-a/feeds",
  "/t/[team]/runs/[id]/compare/[other]": "/t/team-a/feeds",
  "/indicators/[id]": "/t/team-a/indicators",
  "/t/[team]/indicators/[id]": "/t/team-a/indicators",
  "/t/[team]/connectors/[id]": "/t/team-a/connectors",
  "/t/[team]/connectors/[id]/edit": "/t/team-a/connectors",
  "/t/[team]/connectors/[id]/hunting": "/t/team-a/connectors",
  "/t/[team]/connectors/[id]/unsent": "/t/team-a/connectors",
  "/t/[team]/connectors/[id]/credential": "/t/team-a/connectors",
  "/t/[team]/connectors/[id]/receipts": "/t/team-a/connectors",
  "/t/[team]/pushes/[id]": "/t/team-a/overview",
  "/t/[team]/recalls/[id]": "/t/team-a/recalls",
  "/t/[team]/proposals/[id]": "/t/team-a/proposals",
  "/t/[team]/bulk-changes/[id]": "/t/team-a/bulk-changes",
  "/t/[team]/allowlists/[id]": "/t/team-a/allowlists",
};

/** The team's own list is a feed, too, which cannot be edited and whose runs keep no bytes. */
const FEED = "Team A - Microsoft COVID-19 Indicators";
const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

let admin: Page;
let owner: Page;
let nobody: Page;
let invitation: string;
let planId: string;

test.beforeAll(async ({ browser }) => {
  [admin, owner, nobody] = await Promise.all([openWindow(browser), openWindow(browser), openWindow(browser)]);
  await signIn(admin, settings.adminEmail);
  await signIn(owner, "ada@team-a.example");
  const link = await invite(admin, "Team A", `nina-${String(Date.now())}@team-a.example`, "viewer");
  invitation = /\/invite\/(\S+)/.exec(link)?.[1] ?? "";
  await admin.goto("/t/team-b/feeds");
  await admin.getByRole("link", { name: "Local indicators", exact: true }).click();
  const share = admin.getByRole("button", { name: "Let other teams subscribe" });
  const shareNoMore = admin.getByRole("button", { name: "Share no more" });
  await expect(share.or(shareNoMore)).toBeVisible();
  if (await share.isVisible()) await share.click();
  await expect(shareNoMore).toBeVisible();
  await owner.goto("/t/team-a/connectors");
  await owner.getByRole("link", { name: "Sentinel", exact: true }).click();
  await owner.getByRole("button", { name: "Plan", exact: true }).click();
  await owner.waitForURL(/\/plans\//);
  planId = owner.url().split("/").at(-1) ?? "";
});

/** The first id of a thing that its list links to. */
const findId = async (page: Page, address: string): Promise<string | undefined> => {
  if (address.includes("/plans/")) return planId;
  const list = LISTS[address];
  if (!list) return undefined;
  await page.goto(list);
  const feed = page.getByRole("link", { name: FEED, exact: true });
  if (address.startsWith("/t/[team]/feeds/[id]"))
    return new RegExp(UUID).exec((await feed.getAttribute("href")) ?? "")?.[0];
  if (address.startsWith("/t/[team]/runs/")) {
    await feed.click();
    await expect(page.getByRole("heading", { level: 1, name: FEED })).toBeVisible();
  }
  const pattern = new RegExp(`${address.replace("[team]", "team-a").replace(/\[id\].*/, "")}(${UUID})`);
  const links = await page.getByRole("link").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  const id = links.map((href) => pattern.exec(href ?? "")?.[1]).find(Boolean);
  if (!id) throw new Error(`${list} links to nothing like ${address}.`);
  return id;
};

const viewerOf = (address: string): Page => {
  const rule = PAGES[address];
  if (rule?.for === "anybody") return nobody;
  return rule?.for === "administrators" || address === "/first-steps" ? admin : owner;
};

/** A short name for the file: `/t/[team]/feeds/[id]/edit` is `feed-edit`. */
const nameOf = (address: string): string =>
  address
    .replace("/t/[team]", "")
    .replace(/s\/\[id\]/, "")
    .replace(/\/\[(?:token|other|id)\]/, "")
    .split("/")
    .filter(Boolean)
    .join("-") || (address === "/" ? "start" : "team");

/** Collects what the page complains of: errors of its scripts, and of what its policy forbids. */
const listen = (page: Page): string[] => {
  const troubles: string[] = [];
  page.removeAllListeners("pageerror");
  page.removeAllListeners("console");
  page.on("pageerror", ({ message }) => troubles.push(message));
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  return troubles;
};

for (const address of Object.keys(PAGES)) {
  test(`page ${address} is whole in light and dark, wide and narrow`, async () => {
    const page = viewerOf(address);
    const id = await findId(page, address);
    const troubles = listen(page);

    const response = await page.goto(fill(address, "team-a", { token: invitation, ...(id ? { id } : {}) }));
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await look(page, nameOf(address));

    expect(response?.status()).toBe(200);
    expect(await page.title()).toMatch(/Sluice/);
    expect(troubles).toEqual([]);
  });
}
