import { beforeAll, describe, expect, it } from "vitest";

import { findActorBySession } from "@/lib/auth/find-actor";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeSession, makeUser } from "@/lib/testing/people";

import { bootstrapAdministrator } from "./bootstrap-administrator";
import { createTeam } from "./create-team";
import { getTeam } from "./get-team";
import { listTeams } from "./list-teams";
import { listUsers } from "./list-users";
import { signIn } from "./sign-in";
import { updateTeam } from "./update-team";
import { resetPassword, updateUser } from "./users";

useTestDatabase();

const administratorNow = async (): Promise<Actor> => {
  const actor = await findActorBySession(await makeSession({ id: root.userId }));
  if (!actor) throw new Error("The administrator's session should be live.");
  return actor;
};

const isConflict = (outcome: PromiseSettledResult<unknown>): boolean =>
  outcome.status === "rejected" && outcome.reason instanceof AppError && outcome.reason.code === "conflict";

let root: Actor;
let firstStart: Awaited<ReturnType<typeof bootstrapAdministrator>>[];
beforeAll(async () => {
  const start = () => bootstrapAdministrator({ email: "Root@Example.test" });
  firstStart = await Promise.all([start(), start(), start()]);
  root = await makeActor([], { isAdministrator: true });
});

describe("the first start", () => {
  it("makes one administrator, whose one-time password works and has to be changed", async () => {
    const [made] = firstStart.filter(({ created }) => created);
    expect(firstStart.filter(({ created }) => created)).toHaveLength(1);
    expect(firstStart.map(({ email }) => email)).toEqual(Array(3).fill("root@example.test"));

    const request = { address: "192.0.2.1", userAgent: null, previousSessionId: null };
    const sessionId = await signIn({
      ...request,
      email: "root@example.test",
      password: made?.oneTimePassword ?? "",
    });
    expect(await findActorBySession(sessionId)).toMatchObject({
      isAdministrator: true,
      mustChangePassword: true,
    });
  });

  it("makes no second one later", async () => {
    expect(await bootstrapAdministrator({ email: "other@example.test", password: "x".repeat(12) })).toEqual({
      email: "root@example.test",
      oneTimePassword: null,
      created: false,
    });
  });
});

describe("a team", () => {
  it("gets its slug from its name, numbered when that is taken", async () => {
    expect(await createTeam(root, { name: "Équipe Rouge & Bleu" })).toMatchObject({
      slug: "equipe-rouge-bleu",
      members: 0,
    });
    expect(await createTeam(root, { name: "Équipe Rouge, Bleu" })).toMatchObject({
      slug: "equipe-rouge-bleu-2",
    });
    expect(await createTeam(root, { name: "日本チーム" })).toMatchObject({ slug: "team" });
    expect(await createTeam(root, { name: "Given", slug: "own-slug" })).toMatchObject({ slug: "own-slug" });
  });

  it("has a name and a slug of its own, whatever the case", async () => {
    await createTeam(root, { name: "Team A", slug: "team-a" });
    await expect(createTeam(root, { name: "TEAM a" })).rejects.toThrow(
      "There is already a team named Team A.",
    );
    await expect(createTeam(root, { name: "Other", slug: "team-a" })).rejects.toMatchObject({
      code: "conflict",
      fields: [{ pointer: "/slug" }],
    });
    const b = await createTeam(root, { name: "Team B" });
    const now = await administratorNow();
    await expect(updateTeam(now, b.id, { name: "team A" })).rejects.toThrow(
      "There is already a team named Team A.",
    );
    await expect(updateTeam(now, b.id, { slug: "team-a" })).rejects.toMatchObject({ code: "conflict" });
    expect(await updateTeam(now, b.id, { name: "TEAM B" })).toMatchObject({ name: "TEAM B", slug: "team-b" });
    expect(await getTeam(now, b.id)).toMatchObject({ name: "TEAM B", members: 0 });
  });

  it("made at the same time twice is made once", async () => {
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => createTeam(root, { name: "At once" })));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(outcomes.filter(isConflict)).toHaveLength(2);
  });

  it("is listed to an administrator page by page, and to others not at all", async () => {
    const now = await administratorNow();
    const names: string[] = [];
    for (let after: string | undefined; ;) {
      const { teams, next } = await listTeams(now, { limit: 2, after });
      names.push(...teams.map(({ name }) => name));
      if (next === null) break;
      after = next;
    }
    expect(names).toEqual(now.teams.map(({ name }) => name).sort());
    expect((await listTeams(await makeActor(), { limit: 10 })).teams).toEqual([]);
  });
});

describe("an administrator", () => {
  it("finds users by part of name or address", async () => {
    const user = await makeUser({ name: "Zacharias Findable" });
    const { users } = await listUsers(root, { limit: 10, search: "findABLE" });
    expect(users.map(({ id }) => id)).toEqual([user.id]);
  });

  it("cannot lock themselves or everybody out", async () => {
    await expect(updateUser(root, root.userId, { disabled: true })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(updateUser(root, root.userId, { isAdministrator: false })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(resetPassword(root, root.userId)).rejects.toMatchObject({ code: "conflict" });
  });

  it("gives a one-time password that ends the sessions and has to be changed", async () => {
    const user = await makeUser({ password: "correct horse battery staple" });
    const session = await makeSession(user);
    const { oneTimePassword } = await resetPassword(root, user.id);

    expect(await findActorBySession(session)).toBeNull();
    const request = { address: "192.0.2.1", userAgent: null, previousSessionId: null };
    const again = await signIn({ ...request, email: user.email, password: oneTimePassword });
    expect(await findActorBySession(again)).toMatchObject({ mustChangePassword: true });
  });
});
