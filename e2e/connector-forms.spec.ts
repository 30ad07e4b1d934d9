import { expect, test, type Page } from "@playwright/test";
import forge from "node-forge";

import { look } from "./fixtures/look";
import { openWindow, signIn } from "./fixtures/people";
import { openTenant, type MadeCertificate } from "./fixtures/sandbox";
import { settings } from "./fixtures/settings";

// What a connector's forms say while they are filled in, and how its secret gets a successor.
let owner: Page;

test.beforeAll(async ({ browser }) => {
  owner = await openWindow(browser);
  await signIn(owner, "ada@team-a.example");
});

test("an owner words the title, names device groups, and reads all settings on the connector's page", async () => {
  const name = `Worded ${String(Date.now())}`;
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  await form.getByLabel("Fill from the sandbox").selectOption({ index: 1 });
  await form.getByRole("textbox", { name: /^Name/ }).fill(name);

  const example = form.getByText("Example: title").locator("..");
  await expect(example).toContainText("[Team A +1] Microsoft COVID-19 · Domain · 85");
  const title = form.getByRole("textbox", { name: "Title" });
  await title.fill("{team}: {nonsense}");
  await expect(form.getByText("{nonsense} is unknown.")).toBeVisible();
  await expect(example).toContainText("[Team A +1] Microsoft COVID-19");
  await expect(example.getByText("{nonsense}", { exact: true })).toBeVisible();
  await title.fill("{team}: {feed}");
  await expect(form.getByText("Did you mean {feeds}?")).toBeVisible();
  await look(owner, "wording-unfit");
  await title.fill("{team} | {feeds}");
  await expect(example).toContainText("Team A | Microsoft COVID-19");
  await expect(example).toContainText("of 200 characters");

  await form.getByRole("textbox", { name: "Only on these" }).fill("Servers\nLab");
  await form.getByRole("button", { name: "Add a rule" }).click();
  await expect(form.getByText("Rule 1 fits everything")).toBeVisible();
  await expect(form.getByText("Everything else is treated as above.")).toBeHidden();
  await form.getByRole("radio", { name: "Ask" }).check();
  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);

  for (const [label, value] of [
    ["Cloud", "Sandbox on this machine"],
    ["Device groups", "Servers, Lab"],
    ["Mode", "Review"],
    ["Feeds", "All of the team’s"],
    ["Title in the portal", "{team} | {feeds}"],
    ["Changed at Microsoft", "Waits on this page until somebody decides"],
    ["Compared", "Every hour"],
  ] as const)
    await expect(
      owner
        .getByRole("term")
        .filter({ hasText: new RegExp(`^${label}$`) })
        .locator(".."),
    ).toContainText(value);

  await owner.getByRole("link", { name: "Queries" }).click();
  await expect(owner.getByText(String.raw`Title matches regex "^Team\\s+A(?:\\s*\\|\\s*|$)"`)).toBeVisible();
  await owner.goBack();

  await owner.getByRole("link", { name: "Edit", exact: true }).click();
  await owner.getByRole("textbox", { name: "Only on these" }).fill("Servers");
  await look(owner, "connector-edit");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  await expect(
    owner
      .getByRole("term")
      .filter({ hasText: /^Device groups$/ })
      .locator(".."),
  ).toContainText("Servers");
  await remove();
});

test("a secret typed by hand is still there after a test, and saving takes it", async () => {
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  const fill = form.getByLabel("Fill from the sandbox");
  await fill.selectOption({ label: "TPI_TeamA (Contoso)" });
  const typed = {
    tenant: await form.getByLabel(/^Tenant id/).inputValue(),
    application: await form.getByLabel(/^Application id/).inputValue(),
    secret: await form.getByLabel(/^Client secret/).inputValue(),
  };
  await owner.reload();
  await form.getByRole("textbox", { name: /^Name/ }).fill(`By hand ${String(Date.now())}`);
  await form.getByLabel("Cloud").selectOption("sandbox");
  await form.getByLabel(/^Tenant id/).fill(typed.tenant);
  await form.getByLabel(/^Application id/).fill(typed.application);
  await form.getByRole("button", { name: "Save connector" }).click();
  await expect(form.getByText("Choose the certificate’s file.")).toBeVisible();
  await form.getByLabel("Signs in with").selectOption("Client secret");
  await form.getByRole("button", { name: "Save connector" }).click();
  const secret = form.getByLabel(/^Client secret/);
  await expect(secret).toBeFocused();
  await expect(secret).toBeInViewport();
  await look(owner, "connector-new-refused");

  await secret.fill(typed.secret);
  await form.getByRole("button", { name: "Test connection" }).click();
  await expect(form.getByText("Nothing was changed at the destination.")).toBeVisible();
  await expect(secret).toHaveValue(typed.secret);
  await secret.fill("");
  await form.getByRole("button", { name: "Save connector" }).click();
  await expect(secret).toBeFocused();
  await expect(secret).toBeInViewport();
  await secret.fill(typed.secret);
  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  await remove();
});

test("a connector of one feed stays with that one although the feed is gone and somebody renames it", async () => {
  const feed = `Passing ${String(Date.now())}`;
  await owner.goto("/t/team-a/feeds/new");
  await owner
    .getByRole("textbox", { name: "Address required" })
    .fill(`${settings.sandboxUrl}/feeds/blocklist.txt`);
  await owner.getByRole("textbox", { name: /^Name/ }).fill(feed);
  await owner.getByRole("button", { name: "Add and run now" }).click();
  await owner.waitForURL(/\/feeds\/[0-9a-f-]{36}$/);
  const feedPage = owner.url();
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  await form.getByLabel("Fill from the sandbox").selectOption({ index: 1 });
  await form.getByRole("textbox", { name: /^Name/ }).fill(`Of one feed ${String(Date.now())}`);
  await form.getByRole("radio", { name: /^Only these/ }).check();
  await form.getByRole("checkbox", { name: feed }).check();
  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  const connector = owner.url();
  await owner.goto(feedPage);
  await owner.getByRole("button", { name: "Delete", exact: true }).click();
  await owner.getByRole("button", { name: "Delete the feed" }).click();
  await owner.waitForURL(/\/t\/team-a\/feeds$/);

  await owner.goto(`${connector}/edit`);
  await owner.getByRole("textbox", { name: /^Name/ }).fill(`Renamed ${String(Date.now())}`);
  const feeds = owner.getByRole("group", { name: "Feeds", exact: true });
  await expect(feeds.getByRole("checkbox", { name: `${feed} (gone)` })).toBeChecked();
  await look(owner, "connector-edit-gone-feed");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);

  const taken = owner.getByRole("term").filter({ hasText: /^Feeds$/ });
  await expect(taken.locator("..")).toContainText(`${feed} (gone)`);
  await remove();
});

test("whoever edits what somebody else saved meanwhile is told so, and nothing is lost", async () => {
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  await form.getByLabel("Fill from the sandbox").selectOption({ index: 1 });
  await form.getByRole("textbox", { name: /^Name/ }).fill(`Edited twice ${String(Date.now())}`);
  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  const connector = owner.url();
  const second = await owner.context().newPage();
  for (const page of [owner, second]) await page.goto(`${connector}/edit`);

  await second.getByLabel("Days it stays", { exact: true }).first().fill("7");
  await second.getByRole("button", { name: "Save changes" }).click();
  await second.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  await owner.getByRole("textbox", { name: /^Name/ }).fill("Overwritten");
  await owner.getByRole("button", { name: "Save changes" }).click();

  await expect(owner.getByText(/changed this connector at .* UTC, after you opened it/)).toBeVisible();
  await look(owner, "connector-edit-conflict");
  await owner.goto(connector);
  await expect(owner.getByRole("heading", { level: 1 })).not.toContainText("Overwritten");
  await second.close();
  await remove();
});

test("a successor that failed is tried again or replaced, and after it took over nothing says that it waits", async () => {
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  await form.getByLabel("Fill from the sandbox").selectOption({ label: "TPI_TeamA (Contoso)" });
  const secret = await form.getByLabel(/^Client secret/).inputValue();
  await form.getByRole("textbox", { name: /^Name/ }).fill(`Secret ${String(Date.now())}`);
  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  const connector = owner.url();
  await owner.getByRole("link", { name: "See and replace" }).click();

  const stage = owner.getByRole("form", { name: "Stage a successor" });
  await stage.getByLabel("Signs in with").selectOption("Client secret");
  await stage.getByLabel(/^Client secret/).fill("nonsense");
  await stage.getByLabel("It ends on").fill("2020-01-01");
  await stage.getByRole("button", { name: "Stage and test" }).click();
  await expect(stage.getByText(/This end is past/)).toBeVisible();
  await stage.getByLabel("It ends on").fill("");
  await stage.getByRole("button", { name: "Stage and test" }).click();
  await expect(owner.getByText("The connection does not work yet.")).toBeVisible();
  await expect(owner.getByRole("button", { name: "Activate" })).toBeHidden();
  await owner.getByRole("button", { name: "Test again" }).click();
  await expect(owner.getByText("A check failed; see what to do above.").first()).toBeVisible();
  await look(owner, "successor-failed");

  await owner.getByRole("link", { name: "Replace" }).click();
  await stage.getByLabel("Signs in with").selectOption("Client secret");
  await stage.getByLabel(/^Client secret/).fill(secret);
  await stage.getByRole("button", { name: "Stage and test" }).click();
  await expect(owner.getByText("The connection works.")).toBeVisible();
  await owner.getByRole("button", { name: "Activate" }).click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Activate" }).click();
  await expect(owner.getByText("What it replaced is still kept.")).toBeVisible();
  await expect(owner.getByText("None is staged.")).toBeVisible();
  await expect(owner.getByText(/^Staged, /)).toBeHidden();

  await owner.goto(connector);
  await remove();
  await owner.goto("/t/team-a/activity?action=credential.");
  await expect(owner.getByText("Let the staged successor of a secret take over.").first()).toBeVisible();
  await expect(owner.getByText("Tested a staged successor; failed:").first()).toBeVisible();
  await look(owner, "activity-sentences");
});

test("a certificate is what is offered first, and one from a .pfx file with its password takes over", async () => {
  const name = `Certificate ${String(Date.now())}`;
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  await expect(form.getByLabel("Signs in with")).toHaveValue("file");
  await form.getByLabel("Fill from the sandbox").selectOption({ label: "TPI_TeamA (Contoso)" });
  await form.getByRole("textbox", { name: /^Name/ }).fill(name);
  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  const connector = owner.url();
  await owner.getByRole("link", { name: "See and replace" }).click();

  const stage = owner.getByRole("form", { name: "Stage a successor" });
  await expect(stage.getByLabel("Signs in with")).toHaveValue("file");
  const buffer = toPfx(await (await openTenant("Contoso", "TPI_TeamA")).makeCertificate(), "correct horse");
  const file = { name: "sluice.pfx", mimeType: "application/x-pkcs12", buffer };
  await stage.getByLabel(/^Certificate file/).setInputFiles(file);
  await stage.getByLabel(/^Its password/).fill("wrong");
  await stage.getByRole("button", { name: "Stage and test" }).click();
  await expect(stage.getByText(/does not open with this password/)).toBeVisible();
  await stage.getByLabel(/^Certificate file/).setInputFiles(file);
  await stage.getByLabel(/^Its password/).fill("correct horse");
  await stage.getByRole("button", { name: "Stage and test" }).click();
  await expect(owner.getByText("The connection works.")).toBeVisible();
  await look(owner, "successor-certificate");
  await owner.getByRole("button", { name: "Activate" }).click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Activate" }).click();
  await expect(owner.getByText("What it replaced is still kept.")).toBeVisible();

  await owner.goto(connector);
  await remove();
});

/** A PKCS#12 file as certificates are exported. */
const toPfx = ({ certificatePem, privateKeyPem }: MadeCertificate, password: string): Buffer => {
  const key = forge.pki.privateKeyFromPem(privateKeyPem);
  const certificate = forge.pki.certificateFromPem(certificatePem);
  const file = forge.pkcs12.toPkcs12Asn1(key, [certificate], password, { algorithm: "aes256" });
  return Buffer.from(forge.asn1.toDer(file).getBytes(), "binary");
};

const remove = async () => {
  await owner.getByRole("button", { name: "Delete", exact: true }).click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await owner.waitForURL(/\/connectors$/);
};
