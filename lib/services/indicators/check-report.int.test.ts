import { beforeAll, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { addLocalIndicators } from "./add-local-indicators";
import { checkReport } from "./check-report";

useTestDatabase();

let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "analyst"]]);
  await addLocalIndicators(actor, { ...team, role: "analyst" }, [{ value: "known-one.net" }]);
});

const REPORT = [
  "Source: https://blog.acme-threats.com/loader",
  "It asks hxxps://evil-",
  "c2[.]net/gate for tasks, then 10.0.0.5 and known-one[.]net.",
  "SHA-256: " + "ab".repeat(16),
  "ab".repeat(16),
].join("\n");

it("proposes what is bad, and says of everything else why it does not", async () => {
  const { candidates, isMail } = await checkReport(team.id, REPORT);
  const told = Object.fromEntries(
    candidates.map(({ value, isProposed, reason }) => [value, isProposed ? "proposed" : reason]),
  );

  expect(isMail).toBe(false);
  expect(told).toMatchObject({
    "https://blog.acme-threats.com/loader": "The report’s own site: it stands behind “Source”.",
    "known-one.net": "Your team has it already, from Local indicators.",
    ["ab".repeat(32)]: "proposed",
  });
  expect(told["10.0.0.5"]).toContain("never sent");
});

it("answers a value that is broken over lines with the reason rather than half of it", async () => {
  const { candidates, rejected } = await checkReport(team.id, REPORT);
  expect(candidates.map(({ value }) => value)).not.toContain("https://evil-/");
  expect(rejected.map(({ reason }) => reason).join(" ")).toMatch(/hyphen|indicator|domain|host/i);
});

it("does not tell one team what another has", async () => {
  const other = await makeTeam();
  const { candidates } = await checkReport(other.id, "known-one[.]net");
  expect(candidates).toMatchObject([{ isProposed: true, known: null }]);
});

it.each([
  ["a PDF as it is", "%PDF-1.7 …", "copy its text"],
  [
    "a list of thousands",
    Array.from({ length: 2_001 }, (_, at) => `h${String(at)}.net`).join("\n"),
    "2,001 values",
  ],
])("refuses %s and says what to do", async (_what, text, words) => {
  await expect(checkReport(team.id, text)).rejects.toThrow(words);
});
