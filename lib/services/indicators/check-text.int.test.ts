import { beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { addLocalIndicators } from "./add-local-indicators";
import { checkText } from "./check-text";
import { listIndicators } from "./list-indicators";

useTestDatabase();

let teamA: TestTeam;
let teamB: TestTeam;
let analystA: Actor;
beforeAll(async () => {
  teamA = await makeTeam("Team A");
  teamB = await makeTeam("Team B");
  analystA = await makeActor([[teamA, "analyst"]]);
  const [access] = analystA.teams;
  if (!access) throw new Error("The analyst has no team.");
  await addLocalIndicators(analystA, access, [{ value: "45.155.205.7" }]);
});

describe("a pasted text", () => {
  it("is told value by value, in the order of its lines", async () => {
    const text =
      "evil-example[.]net, 45[.]155[.]205[.]7\nnot an indicator\nEVIL-EXAMPLE.NET # again\n10.0.0.5";

    const checked = await checkText(teamA.id, text);

    expect(checked.map(({ line, verdict }) => [line, verdict])).toStrictEqual([
      [1, "new"],
      [1, "known"],
      [2, "rejected"],
      [3, "duplicate"],
      [4, "allowlisted"],
    ]);
  });

  it("says where a value stands already", async () => {
    const [known, twice] = await checkText(teamA.id, "45.155.205.7\n45.155.205.7");

    expect(known?.note).toBe("Your team has it already, from Local indicators.");
    expect(twice?.note).toBe("The same value stands on line 1.");
  });

  it("does not tell one team what another has", async () => {
    expect(await checkText(teamB.id, "45.155.205.7")).toMatchObject([{ verdict: "new", note: null }]);
  });

  it("stores nothing", async () => {
    await checkText(teamA.id, "unheard-of.net");
    const { indicators } = await listIndicators(analystA, {
      teamIds: [teamA.id],
      filter: { sort: "-addedAt" },
      limit: 10,
      cursor: null,
    });

    expect(indicators.map(({ value }) => value)).toStrictEqual(["45.155.205.7"]);
  });
});
