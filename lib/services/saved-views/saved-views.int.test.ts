import { beforeAll, describe, expect, it } from "vitest";

import { asMember, asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { savedViewSchema } from "@/lib/domain/indicator/list-view";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { getListPreference, getSavedView, listSavedViews } from "./list-views";
import { createSavedView, deleteSavedView, setListPreference, updateSavedView } from "./save-view";

useTestDatabase();
let team: TestTeam;
let ann: Actor;
let ben: Actor;
let viewer: Actor;
let stranger: Actor;
beforeAll(async () => {
  team = await makeTeam();
  ann = await makeActor([[team, "analyst"]]);
  ben = await makeActor([[team, "owner"]]);
  viewer = await makeActor([[team, "viewer"]]);
  stranger = await makeActor([[await makeTeam(), "owner"]]);
});

const input = (given: object) => savedViewSchema.parse(given);
const save = (actor: Actor, given: object) => createSavedView(actor, team.id, input(given));
const namesFor = async (actor: Actor) => (await listSavedViews(actor, [team.id])).map(({ name }) => name);

describe("a view", () => {
  it("of one's own is nobody else's, whatever their role", async () => {
    const view = await save(ann, { name: "Mine", query: "state=active", columns: ["comment", "type"] });

    expect(view).toMatchObject({ columns: ["type", "comment"], mayChange: true, shared: false });
    expect(await namesFor(ann)).toContain("Mine");
    for (const other of [ben, viewer, stranger]) {
      expect(await namesFor(other)).not.toContain("Mine");
      await expect(getSavedView(other, view.id)).rejects.toThrow("no such view");
    }
    // The database says so as well, to whoever acts in the team.
    expect(await asTeam(team.id, (tx) => tx.savedView.count())).toBe(0);
    expect(await asMember(ben, team.id, (tx) => tx.savedView.count({ where: { id: view.id } }))).toBe(0);
    await deleteSavedView(ben, view);
    expect(await namesFor(ann)).toContain("Mine");
    await deleteSavedView(ann, view);
    expect(await namesFor(ann)).not.toContain("Mine");
  });

  it("of the team is everybody's to open, and to change for who may change indicators", async () => {
    const view = await save(ann, { name: "Ours", shared: true });
    expect(await getSavedView(viewer, view.id)).toMatchObject({ mayChange: false });
    await expect(updateSavedView(viewer, view, { name: "Taken" })).rejects.toThrow("role");
    await expect(deleteSavedView(viewer, view)).rejects.toThrow("role");
    await expect(save(viewer, { name: "Theirs", shared: true })).rejects.toThrow("role");
    await expect(getSavedView(stranger, view.id)).rejects.toThrow("no such view");

    const changed = await updateSavedView(ben, view, { name: "Ours now", query: "q=bad" });
    expect(changed).toMatchObject({ name: "Ours now", query: "q=bad", shared: true });
    await expect(updateSavedView(ben, changed, { shared: false })).rejects.toThrow("Only who made");
    const audited = await asTeam(team.id, (tx) =>
      tx.auditEntry.findMany({
        where: { subjectId: view.id },
        select: { action: true },
        orderBy: { id: "asc" },
      }),
    );
    expect(audited.map(({ action }) => action)).toEqual(["saved-view.create", "saved-view.update"]);
  });

  it("has a name of its own: in the team once, and once for each person", async () => {
    await save(ann, { name: "Same", shared: true });
    await expect(save(ben, { name: "same", shared: true })).rejects.toThrow("of that name already");
    await save(ben, { name: "Same" });
    await save(viewer, { name: "Same" });
    await expect(save(viewer, { name: "SAME" })).rejects.toThrow("of that name already");
  });
});

describe("how a person likes the list", () => {
  it("is remembered for them alone, part by part", async () => {
    const view = await save(ann, { name: "First" });
    expect(await getListPreference(ann, team.id)).toEqual({
      columns: [],
      density: "comfortable",
      viewId: null,
    });
    await setListPreference(ann, team.id, { columns: ["tags"], density: "compact" });
    await setListPreference(ann, team.id, { viewId: view.id });

    expect(await getListPreference(ann, team.id)).toEqual({
      columns: ["tags"],
      density: "compact",
      viewId: view.id,
    });
    expect(await getListPreference(ben, team.id)).toMatchObject({ columns: [], viewId: null });
    expect(await asTeam(team.id, (tx) => tx.listPreference.count())).toBe(0);
  });
});
