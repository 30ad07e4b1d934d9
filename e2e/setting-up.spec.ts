import { readFile } from "node:fs/promises";

import { expect, test, type Page } from "@playwright/test";

import { look } from "./fixtures/look";
import { openWindow, signIn } from "./fixtures/people";
import { settings } from "./fixtures/settings";

// What a person copies into Microsoft's tools, and where an administrator says that a cloud is. What is changed here is put back.
let admin: Page;
let owner: Page;

test.beforeAll(async ({ browser }) => {
  [admin, owner] = await Promise.all([openWindow(browser), openWindow(browser)]);
  await signIn(admin, settings.adminEmail);
  await signIn(owner, "ada@team-a.example");
});

test("the guide fills scripts in for each way to sign in, and for each destination", async () => {
  await owner.goto("/t/team-a/connectors/guide");
  const names = owner.getByRole("form", { name: "Names for the scripts" });
  const az = owner.getByRole("region", { name: "Azure CLI (bash)" });
  const powershell = owner.getByRole("region", { name: "PowerShell" });
  const choose = async (proof: string) => {
    await names.getByLabel("It signs in with").selectOption({ label: proof });
    await names.getByRole("button", { name: "Fill in" }).click();
  };
  await expect(az).toContainText("--create-cert");

  await choose("Managed identity of the server");
  await expect(owner.getByRole("heading", { name: "2. Grant it to the identity" })).toBeVisible();
  await expect(az).toContainText("IDENTITY-NAME");
  await expect(names.getByLabel("May read when its secret ends")).toBeHidden();
  await names.getByLabel("Name of the identity").fill("vm-sluice");
  await names.getByRole("button", { name: "Fill in" }).click();
  await expect(az).toContainText("vm-sluice");
  await expect(az).toContainText("appRoleAssignments");
  await expect(powershell).toContainText("ManagedIdentity");
  await look(owner, "guide-identity");

  await choose("Workload identity (federated token)");
  await expect(az).toContainText("federated-credential create");
  await expect(powershell).toContainText("New-MgApplicationFederatedIdentityCredential");

  await owner.getByRole("link", { name: "Microsoft Sentinel" }).click();
  await expect(owner.getByText("Microsoft Sentinel Contributor").first()).toBeVisible();
  await names.getByLabel("Workspace name").fill("contoso-soc");
  await choose("A client secret");
  await expect(powershell).toContainText("'contoso-soc'");
  await expect(az).toContainText("--query password");
});

test("a secret that is entered over the old one keeps its end, which the overview tells", async () => {
  await owner.goto("/t/team-a/connectors/new?kind=defender");
  const form = owner.getByRole("form", { name: /^Connect/ });
  await form.getByLabel("Fill from the sandbox").selectOption({ label: "TPI_TeamA (Contoso)" });
  const secret = await form.getByLabel(/^Client secret/).inputValue();
  const name = `Ending ${String(Date.now())}`;
  await form.getByRole("textbox", { name: /^Name/ }).fill(name);
  await form.getByRole("button", { name: "Save connector" }).click();
  await owner.waitForURL(/\/connectors\/[0-9a-f-]{36}$/);
  const connector = owner.url();
  await expect(owner.getByText("/api/indicators")).toBeVisible();
  await expect(owner.getByText(/^On devices: addresses/)).toBeVisible();

  await owner.goto("/t/team-a/overview");
  const destination = owner.getByRole("group", { name, exact: true });
  await expect(destination).toContainText("Client secret ends at a time nobody told.");
  await look(owner, "overview-end-unknown");

  await owner.goto(`${connector}/edit`);
  await owner.getByLabel("It ends on").fill("2099-12-31");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await expect(owner.getByText("This goes with a new secret or certificate only.")).toBeVisible();
  await expect(owner.getByText("there is no going back", { exact: false })).toBeVisible();
  await owner.getByLabel(/^Client secret/).fill("mistyped");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await expect(owner.getByText(/Nothing was saved: with this secret the check “.+” failed/)).toBeVisible();
  const untried = owner.getByRole("checkbox", { name: "Save it untried" });
  await expect(untried).not.toBeChecked();
  await look(owner, "connector-edit-mistyped");
  await untried.check();
  await owner.getByRole("button", { name: "Save changes" }).click();
  await owner.waitForURL(connector);
  await owner.getByRole("button", { name: "Test connection" }).click();
  await expect(owner.getByText("The connection does not work yet.")).toBeVisible();
  const row = owner.getByRole("row").filter({ has: owner.getByRole("link", { name, exact: true }) });
  await owner.goto("/t/team-a/connectors");
  await expect(row).toContainText("Failing");

  await owner.goto(`${connector}/edit`);
  await owner.getByLabel("It ends on").fill("2099-12-31");
  await owner.getByLabel(/^Client secret/).fill(secret);
  await owner.getByLabel("Secret id").fill("0199b7a0-0000-4000-8000-000000000001");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await owner.waitForURL(connector);
  await expect(owner.getByText("The connection works.")).toBeVisible();
  await owner.getByRole("link", { name: "See and replace" }).click();
  await expect(owner.getByText("As somebody typed it in; not verified.")).toBeVisible();
  await owner.goto("/t/team-a/connectors");
  await expect(row).toContainText("Ready");

  await owner.goto("/t/team-a/overview");
  await expect(destination).toContainText(/Client secret expires in \d+ days/);

  await owner.goto(connector);
  await owner.getByRole("button", { name: "Delete", exact: true }).click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await owner.waitForURL(/\/connectors$/);
});

test("a connector's queries have the team filled in, and its templates come as files", async () => {
  await owner.goto("/t/team-a/connectors");
  await owner.getByRole("link", { name: "Sentinel", exact: true }).click();
  await owner.getByRole("link", { name: "Queries" }).click();
  await expect(owner.getByRole("region", { name: /^KQL:/ }).first()).toContainText("Team A");

  for (const [template, type] of [
    ["Workbook", "Microsoft.Insights/workbooks"],
    ["Analytics rules", "Microsoft.OperationalInsights/workspaces/providers/alertRules"],
  ] as const) {
    const coming = owner.waitForEvent("download");
    await owner.getByRole("link", { name: template }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(/\.json$/);
    const file: unknown = JSON.parse(await readFile(await download.path(), "utf8"));
    expect(file).toMatchObject({ contentVersion: "1.0.0.0" });
    expect(file).toHaveProperty("resources.0.type", type);
  }
  await owner.getByRole("button", { name: "Count ours there" }).click();
  const count = owner.getByRole("form", { name: "Count ours there" });
  await expect(count.getByText(/The workspace holds/)).toBeVisible();
});

test("an administrator says where a cloud is, by https and only after typing its name", async () => {
  await admin.goto("/admin/system/clouds?cloud=china");
  const form = admin.getByRole("form", { name: "Addresses" });
  const upload = form.getByLabel("Sentinel, upload");
  const confirm = form.getByLabel(/^Type china to confirm/);
  const save = form.getByRole("button", { name: "Save addresses" });

  await upload.fill("http://ti.example.com");
  await confirm.fill("china");
  await save.click();
  await expect(form.getByText(/https alone is taken/)).toBeVisible();
  await upload.fill("https://ti.example.com");
  await confirm.fill("public");
  await save.click();
  await expect(form.getByText(/Type “china” to confirm: the secrets/)).toBeVisible();
  await confirm.fill("china");
  await save.click();
  await expect(admin.getByRole("link", { name: /\(changed\)$/ })).toBeVisible();
  await look(admin, "clouds-changed");

  await upload.fill("");
  await confirm.fill("china");
  await save.click();
  await expect(admin.getByRole("link", { name: /\(changed\)$/ })).toBeHidden();
});
