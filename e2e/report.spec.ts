import { expect, test, type Page } from "@playwright/test";

import { look } from "./fixtures/look";
import { openWindow, signIn } from "./fixtures/people";

// What an analyst makes of a report: its values with their lines, the benign ones left out with a reason, the rest added.
let analyst: Page;

test.beforeAll(async ({ browser }) => {
  analyst = await openWindow(browser);
  await signIn(analyst, "ada@team-a.example");
});

test("a report is pasted, the benign values stay unticked with their reasons, and the rest is added", async () => {
  const name = `lure-${String(Date.now())}`;
  await analyst.goto("/t/team-a/indicators/new");
  await analyst.getByRole("link", { name: "Report or e-mail" }).click();
  await expect(analyst.getByRole("heading", { level: 1, name: "Add from a report" })).toBeVisible();
  await analyst
    .getByRole("textbox", { name: "Report or e-mail" })
    .fill(
      [
        "Source: https://blog.acme-threats.com/loader",
        `The loader asks hxxps://${name}[.]net/gate for tasks.`,
        `It falls back to backup-${name}[.]com.`,
        "Inside a network it asks 10.0.0.5.",
      ].join("\n"),
    );
  await analyst.getByRole("button", { name: "Find values" }).click();

  const table = analyst.getByRole("table", { name: "Values of the report" });
  const rowOf = (text: string) => table.getByRole("row").filter({ hasText: text });
  const own = rowOf("blog[.]acme-threats");
  await expect(own.getByRole("checkbox")).not.toBeChecked();
  await expect(own).toContainText("The report’s own site: it stands behind “Source”.");
  const inside = rowOf("10[.]0[.]0[.]5");
  await expect(inside.getByRole("checkbox")).not.toBeChecked();
  await expect(inside).toContainText("never sent");
  const url = rowOf(`${name}[.]net/gate`);
  await expect(url.getByRole("checkbox")).toBeChecked();
  await expect(url).toContainText(`${name}[.]net`);
  await look(analyst, "indicator-new-report-read");

  const form = analyst.getByRole("form", { name: "Add what is ticked" });
  await expect(form).toContainText("No end: your team has set no default.");
  await form.getByLabel("Valid").selectOption("In 90 days");
  await expect(form).toContainText(/Until \d+ \w+ \d{4}, 90 days/);
  await form.getByRole("textbox", { name: "Comment" }).fill("From the loader report");
  await form.getByRole("button", { name: "Add 2 values" }).click();

  const results = analyst.getByRole("table", { name: "Results" });
  await expect(results.getByRole("row").filter({ hasText: "Added" })).toHaveCount(2);
  await results.getByRole("link", { name: /Trace/ }).first().click();
  await expect(analyst.getByText("From the loader report").first()).toBeVisible();

  await analyst.getByRole("button", { name: "Edit" }).click();
  const dialog = analyst.getByRole("dialog", { name: "Edit what your team says" });
  await dialog.getByLabel("Action at Defender").selectOption("Block");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
});

test("a file's rows are told before they are imported", async () => {
  const name = `row-${String(Date.now())}.net`;
  await analyst.goto("/t/team-a/indicators/new/file");
  await analyst.getByLabel("File", { exact: true }).setInputFiles({
    name: "rows.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`value,validUntil,comment\n${name},2030-02-27,Good\nbad-${name},next week,Bad\n`),
  });
  const found = analyst.getByRole("table", { name: "Values found" });
  await expect(found.getByRole("row").filter({ hasText: "New" })).toHaveCount(1);
  await expect(found.getByRole("row").filter({ hasText: "is no date" })).toContainText("3");
  await look(analyst, "indicator-new-file-read");

  await analyst.getByRole("button", { name: "Import", exact: true }).click();

  const results = analyst.getByRole("table", { name: "Results" });
  await expect(results.getByRole("row").filter({ hasText: "Added" })).toHaveCount(1);
  await expect(results.getByRole("row").filter({ hasText: "Rejected" })).toHaveCount(1);
});
