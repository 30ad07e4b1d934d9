import { beforeEach, describe, expect, it } from "vitest";

import { asSystem, asTeam } from "@/lib/db/scope";
import type { Json } from "@/lib/domain/canonical-json";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { listAudit } from "./list-audit";
import { recordAudit } from "./record-audit";
import { findUnsealedTail, sealAudit } from "./seal-audit";
import { verifyAudit } from "./verify-audit";

const { asOwner } = useTestDatabase();

type Entry = { teamId?: string | null; action?: string; detail?: Record<string, Json>; at?: Date };

const record = ({ teamId = null, action = "test.do", detail = {}, at = new Date() }: Entry = {}) =>
  asSystem("audit", (tx) =>
    recordAudit(
      tx,
      { teamId, doer: { id: null, name: "tester" }, action, subject: { type: "test", id: "1" }, detail },
      at,
    ),
  );

const recordMany = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) await record({ detail: { index } });
};

beforeEach(() => asOwner((client) => client.query("TRUNCATE audit_entry, audit_seal RESTART IDENTITY")));

describe("the chain of seals", () => {
  it("covers every entry once and holds", async () => {
    await recordMany(5);
    expect(await sealAudit()).toBe(5);
    await recordMany(2);
    expect(await sealAudit()).toBe(2);
    expect(await sealAudit()).toBe(0);

    expect(await verifyAudit()).toMatchObject({
      ok: true,
      checked: 7,
      head: { seq: "7" },
      broken: null,
      unsealed: 0,
    });
  });

  it("holds with any detail that an entry may carry", async () => {
    await record({
      detail: {
        z: 1,
        a: { y: [1, null, "ü“\\", { b: true, a: false }], x: 1e21 },
        "": 0.1,
        n: -0,
        big: 9007199254740991,
      },
    });
    await sealAudit();
    expect(await verifyAudit()).toMatchObject({ ok: true, checked: 1 });
  });

  it("is one chain also when many seal at once", async () => {
    await recordMany(40);
    const sealed = await Promise.all(Array.from({ length: 6 }, () => sealAudit()));

    expect(sealed.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(await verifyAudit()).toMatchObject({ ok: true, checked: 40, unsealed: 0 });
  });

  it("takes in an entry that was committed late, with a lower id than those sealed before it", async () => {
    await record({ detail: { order: "first" } });
    await asOwner(async (late) => {
      await late.query("BEGIN");
      await late.query(
        `INSERT INTO audit_entry (at, actor_name, action, subject_type, subject_id, detail, canonical)
         VALUES ('2026-11-24T08:00:00Z', 'late', 'a.b', 't', '1', '{}', $1)`,
        [
          '{"action":"a.b","actorId":null,"actorName":"late","at":"2026-11-24T08:00:00.000Z","detail":{},"subjectId":"1","subjectType":"t","teamId":null}',
        ],
      );
      await record({ detail: { order: "third" } });
      expect(await sealAudit()).toBe(2);
      await late.query("COMMIT");
    });

    expect(await sealAudit()).toBe(1);
    expect(await verifyAudit()).toMatchObject({ ok: true, checked: 3, unsealed: 0 });
  });

  it.each([
    ["an entry's detail", "UPDATE audit_entry SET detail = '{}' WHERE id = 3", "3", "a column was altered"],
    [
      "who did it",
      "UPDATE audit_entry SET actor_name = 'somebody else' WHERE id = 3",
      "3",
      "a column was altered",
    ],
    ["when", "UPDATE audit_entry SET at = at - interval '1 ms' WHERE id = 3", "3", "a column was altered"],
    [
      "an entry with its text",
      `UPDATE audit_entry SET action = 'test.not', canonical = replace(canonical, 'test.do', 'test.not') WHERE id = 3`,
      "3",
      "The seal does not fit",
    ],
    ["an entry that is gone", "DELETE FROM audit_entry WHERE id = 3", "3", "The entry is missing"],
    ["a seal that is gone", "DELETE FROM audit_seal WHERE seq = 3", "4", "The seal 3 is missing"],
    ["a seal", "UPDATE audit_seal SET hash = sha256('x') WHERE seq = 3", "3", "The seal does not fit"],
    [
      "the order",
      "UPDATE audit_seal SET entry_id = CASE entry_id WHEN 3 THEN -4 ELSE -3 END WHERE entry_id IN (3, 4); UPDATE audit_seal SET entry_id = -entry_id WHERE entry_id < 0",
      "3",
      "The seal does not fit",
    ],
  ])("shows where somebody with the owner's rights altered %s", async (_what, statement, seq, reason) => {
    await recordMany(6);
    await sealAudit();
    await asOwner((client) => client.query(statement));

    const verdict = await verifyAudit();
    expect(verdict.ok).toBe(false);
    expect(verdict.broken?.seq).toBe(seq);
    expect(verdict.broken?.reason).toContain(reason);
  });
});

describe("entries without a seal", () => {
  it("alert once they have waited longer than a minute", async () => {
    const now = new Date();
    expect(await findUnsealedTail(now)).toEqual({ count: 0, oldestAt: null, isLate: false });

    await record({ at: new Date(now.getTime() - 59_000) });
    expect(await findUnsealedTail(now)).toMatchObject({ count: 1, isLate: false });
    await record({ at: new Date(now.getTime() - 61_000) });
    expect(await findUnsealedTail(now)).toMatchObject({ count: 2, isLate: true });

    await sealAudit();
    expect(await findUnsealedTail(now)).toMatchObject({ count: 0, isLate: false });
  });
});

describe("an entry", () => {
  it("is written with its change or not at all", async () => {
    const team = await makeTeam();
    await asTeam(team.id, async (tx) => {
      const doer = { id: null, name: "tester" };
      await recordAudit(tx, { teamId: team.id, doer, action: "test.do", subject: { type: "t", id: "1" } });
      throw new Error("The change failed.");
    }).catch(() => undefined);
    const owner = await makeActor([[team, "owner"]]);
    expect((await listAudit(owner, { limit: 10, teamId: team.id })).entries).toEqual([]);
  });
});

describe("the list of who did what", () => {
  it("shows a member their team's entries, an administrator all, and pages through them", async () => {
    const [a, b] = [await makeTeam(), await makeTeam()];
    await record({ teamId: a.id, action: "feed.create" });
    await record({ teamId: b.id, action: "feed.create" });
    await record({ teamId: a.id, action: "run.accept" });
    await record({ action: "user.create" });
    const viewer = await makeActor([[a, "viewer"]]);
    const root = await makeActor(
      [
        [a, "owner"],
        [b, "owner"],
      ],
      { isAdministrator: true },
    );

    const own = await listAudit(viewer, { limit: 10 });
    expect(own.entries.map(({ action, team }) => [action, team])).toEqual([
      ["run.accept", a.slug],
      ["feed.create", a.slug],
    ]);
    await expect(listAudit(viewer, { limit: 10, teamId: b.id })).rejects.toMatchObject({ code: "not_found" });
    expect((await listAudit(root, { limit: 10 })).entries.map(({ team }) => team)).toEqual([
      null,
      a.slug,
      b.slug,
      a.slug,
    ]);

    const first = await listAudit(root, { limit: 3 });
    const rest = await listAudit(root, { limit: 3, before: first.next ?? undefined });
    expect([first.entries.length, rest.entries.length, rest.next]).toEqual([3, 1, null]);
    const feeds = await listAudit(root, { limit: 10, action: "feed." });
    expect(feeds.entries.map(({ action }) => action)).toEqual(["feed.create", "feed.create"]);
    expect((await listAudit(root, { limit: 10, action: "feed" })).entries).toEqual([]);
  });

  it("is not for who is in no team", async () => {
    await expect(listAudit(await makeActor(), { limit: 10 })).rejects.toMatchObject({ code: "forbidden" });
  });
});
