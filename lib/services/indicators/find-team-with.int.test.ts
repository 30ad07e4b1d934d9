import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { someValues, unvouch, vouch, type Vouched } from "@/lib/services/delivery/testing/desk";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { findTeamWith } from "./find-team-with";

useTestDatabase();

let blue: TestTeam;
let red: TestTeam;
let reader: Actor;
let value: Vouched;
beforeEach(async () => {
  blue = await makeTeam();
  red = await makeTeam();
  reader = await makeActor([[red, "viewer"]]);
  const [one] = someValues(1);
  if (!one) throw new Error("A value is missing.");
  value = one;
});

const find = async (actor: Actor) =>
  (await findTeamWith(actor, indicatorId(value.type, value.value)))?.slug ?? null;

describe("where the link of a record leads", () => {
  it("is the reader's team, whosever claim is the oldest", async () => {
    await vouch(blue, [value], { name: "Feed" });
    await vouch(red, [value], { name: "Feed" });

    expect(await find(reader)).toBe(red.slug);
  });

  it("is nowhere for who is in no team that has it, as for what nobody has", async () => {
    expect(await find(reader)).toBeNull();
    await vouch(blue, [value], { name: "Feed" });
    expect(await find(reader)).toBeNull();
  });

  it("is where it is alive, for who is in several", async () => {
    const both = await makeActor([
      [blue, "viewer"],
      [red, "viewer"],
    ]);
    await vouch(blue, [value], { name: "Feed" });
    await vouch(red, [value], { name: "Feed" });
    await unvouch(blue, [value]);
    expect(await find(both)).toBe(red.slug);

    await unvouch(red, [value]);
    expect([blue.slug, red.slug]).toContain(await find(both));
  });
});
