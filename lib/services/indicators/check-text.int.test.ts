import { beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { addLocalIndicators } from "./add-local-indicators";
import { checkText } from "./check-text";
import { liftWithdrawal } from "./lift-withdrawal";
import { listIndicators } from "./list-indicators";
import { withdrawIndicator } from "./withdraw-indicator";

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
  it("says whom adding would overrule, and what a value loses by its canonical form", async () => {
    const team = await makeTeam();
    const access = { ...team, role: "analyst" as const };
    const ada = await makeActor([[team, "analyst"]]);
    const [added] = await addLocalIndicators(ada, access, [{ value: "our-installer.net" }]);
    const indicatorId = added?.id ?? "";
    await withdrawIndicator(ada, access, { indicatorId, reason: "Our own installer" });

    const checked = await checkText(team.id, "our-installer[.]net\n91.219.240.5/24\n*.wild-heron.top");

    expect(checked.map(({ verdict }) => verdict)).toEqual(["withdrawn", "new", "new"]);
    expect(checked[0]?.note).toBe(`${ada.name} withdrew it: Our own installer. Adding it lifts that.`);
    expect(checked[1]?.note).toContain("the first one of its network");
    expect(checked[2]?.note).toContain("wildcard was taken off");
    expect((await checkText(teamB.id, "our-installer.net"))[0]?.verdict).toBe("new");

    expect(await liftWithdrawal(ada, access, indicatorId)).toEqual({ isActive: false });
    expect((await checkText(team.id, "our-installer.net"))[0]?.verdict).toBe("new");
    await expect(liftWithdrawal(ada, access, indicatorId)).rejects.toThrow("lifted already");
  });

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
