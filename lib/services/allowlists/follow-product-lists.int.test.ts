import { expect, it } from "vitest";

import { asSystem } from "@/lib/db/scope";
import { useTestDatabase } from "@/lib/testing/database";
import { makeTeam } from "@/lib/testing/people";

import { followProductLists } from "./follow-product-lists";

useTestDatabase();

const versionOf = async (id: string): Promise<number> =>
  (await asSystem("scheduling", (tx) => tx.team.findUniqueOrThrow({ where: { id } }))).screeningVersion;

it("has every team's values screened anew once when the product comes with other lists", async () => {
  const { id } = await makeTeam();
  await asSystem("scheduling", (tx) => tx.setting.deleteMany({ where: { key: "screening.product-lists" } }));
  const before = await versionOf(id);

  expect(await followProductLists()).toEqual({ hasChanged: true });
  expect(await versionOf(id)).toBe(before + 1);
  expect(await followProductLists()).toEqual({ hasChanged: false });
  expect(await versionOf(id)).toBe(before + 1);
});
