import { beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { BulkSelection } from "@/lib/domain/indicator/bulk-change";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { indicatorTypeCode } from "@/lib/domain/indicator/types";
import { vouch, type Vouched } from "@/lib/services/delivery/testing/desk";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { fadeTeam } from "@/lib/services/indicators/fade-team";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { announceBulkChanges } from "./announce-bulk-changes";
import { carryOutBulkChange } from "./carry-out-bulk-change";
import { collectItems } from "./collect-items";
import { createBulkChange, undoBulkChange } from "./create-bulk-change";
import { getBulkChange, listBulkChanges, listBulkItems } from "./get-bulk-change";

const database = useTestDatabase();
const signal = new AbortController().signal;
const FEED_ONLY = domains("feed", 3);
const BOTH = domains("both", 3);
const OWN = domains("own", 3);

function domains(name: string, count: number): Vouched[] {
  return Array.from({ length: count }, (_, index) => ({
    type: "domain",
    value: `${name}${String(index)}.bad-site.net`,
  }));
}

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "analyst"]]);
  await vouch(team, [...FEED_ONLY, ...BOTH], { name: "Feed", confidence: 80, tlp: 3 });
  await addLocalIndicators(
    actor,
    access(actor),
    [...BOTH, ...OWN].map(({ value }) => ({
      ...{ value, comment: "by hand", confidence: 60, tlp: "green", tags: ["ours"] },
      validUntil: "2030-01-01T00:00:00Z",
    })),
  );
});

function access(of: Actor) {
  const [first] = of.teams;
  if (!first) throw new Error("The actor has no team.");
  return first;
}

const ALL: BulkSelection = { filter: indicatorFilterSchema.parse({}) };
const filtered = (given: object): BulkSelection => ({ filter: indicatorFilterSchema.parse(given) });

type Change = Parameters<typeof createBulkChange>[2]["change"];
const withdraw: Change = { action: "withdraw", reason: "Not ours." };
const confidence = (value: number, feedsOnly: "leave" | "adopt" = "leave"): Change => ({
  ...{ action: "confidence", confidence: value, feedsOnly },
});

/** Creates a change and carries it out, two at a time. */
const change = async (selection: BulkSelection, what: Change, by = actor) => {
  const id = await createBulkChange(by, access(by), { selection, change: what });
  await carryOutBulkChange(id, { signal, piece: 2 });
  return getBulkChange(by, id);
};
const undo = async (id: string) => {
  const made = await undoBulkChange(actor, access(actor), id);
  await carryOutBulkChange(made.id, { signal, piece: 2 });
  return getBulkChange(actor, made.id);
};

/** All that the team has, and who vouches how: what an undo must give back to the letter. */
const snapshot = (of: TestTeam = team) =>
  asTeam(of.id, async (tx) => ({
    view: await tx.$queryRaw`
      SELECT i.value, t.active, t.screened_by, t.confidence, t.tlp, t.tags, t.feed_ids, t.first_seen, t.last_seen, t.valid_until,
        t.added_at FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id WHERE t.team_id = ${of.id}::uuid ORDER BY 1`,
    entries: await tx.$queryRaw`
      SELECT i.value, a.feed_id, a.line, a.confidence, a.tlp, a.tags, a.comment, a.threat_type, a.first_seen, a.last_seen,
        a.valid_until, a.expires_at, a.context, a.fingerprint
      FROM attribution a JOIN indicator i ON i.id = a.indicator_id
      WHERE a.team_id = ${of.id}::uuid AND a.until_generation IS NULL ORDER BY 1, 2`,
    tombstones: await tx.tombstone.count({ where: { teamId: of.id, liftedAt: null } }),
  }));

const shown = async (column: "confidence" | "tlp" | "tags" | "active" | "valid_until") => {
  const rows = await asTeam(
    team.id,
    (tx) => tx.$queryRaw<{ value: string; shown: unknown }[]>`
      SELECT i.value, to_jsonb(t) -> ${column} AS shown FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
      WHERE t.team_id = ${team.id}::uuid`,
  );
  return new Map(rows.map((row) => [row.value, row.shown]));
};

describe("a withdrawal of many", () => {
  it("ends all that the filter finds, and its undo gives everything back as it was", async () => {
    const before = await snapshot();

    const done = await change(ALL, withdraw);

    expect(done).toMatchObject({ state: "done", total: 9, done: 9, counts: { changed: 9 }, refused: 0 });
    expect([...(await shown("active")).values()]).toEqual(Array.from({ length: 9 }, () => false));
    expect(await snapshot()).toMatchObject({ tombstones: 9 });

    const undone = await undo(done.id);
    expect(undone).toMatchObject({ state: "done", total: 9, counts: { restored: 9 }, undoableUntil: null });
    expect(await snapshot()).toEqual(before);
  });

  it("takes what the filter finds and nothing else, and says what was withdrawn already", async () => {
    const [first] = OWN;
    if (!first) throw new Error("No value.");
    const id = indicatorId(first.type, first.value);
    await withdrawIndicator(actor, access(actor), { indicatorId: id, reason: "Before." });

    const done = await change(filtered({ q: "own" }), withdraw);

    expect(done).toMatchObject({ total: 3, counts: { changed: 2, withdrawn: 1 }, refused: 1 });
    const active = await shown("active");
    expect(FEED_ONLY.concat(BOTH).every(({ value }) => active.get(value) === true)).toBe(true);
    const { items } = await listBulkItems(actor, done, { outcome: "withdrawn", limit: 10, after: null });
    expect(items).toEqual([{ id, type: "domain", value: first.value, outcome: "withdrawn" }]);
  });

  it("does not touch what the team got after the person chose", async () => {
    const id = await createBulkChange(actor, access(actor), { selection: ALL, change: withdraw });
    await addLocalIndicators(actor, access(actor), [{ value: "later.bad-site.net" }]);
    await carryOutBulkChange(id, { signal });

    expect(await getBulkChange(actor, id)).toMatchObject({ total: 9 });
    expect((await shown("active")).get("later.bad-site.net")).toBe(true);
  });

  it("leaves one entry in the audit, with counts and what was chosen", async () => {
    const done = await change(filtered({ q: "own" }), withdraw);

    const entries = await asTeam(team.id, (tx) =>
      tx.auditEntry.findMany({ where: { subjectId: done.id }, select: { action: true, detail: true } }),
    );
    expect(entries).toMatchObject([
      {
        action: "indicator.bulk-change",
        detail: { reason: "Not ours.", total: 3, outcomes: '{"changed":3}' },
      },
    ]);
    expect(JSON.stringify(entries)).toContain("own");
  });
});

describe("a change of many", () => {
  it("changes the team's own entries, leaves what feeds alone vouch for, and says where a feed outweighs it", async () => {
    const before = await snapshot();
    const done = await change(ALL, confidence(70));

    expect(done.counts).toEqual({ changed: 3, outweighed: 3, "feeds-only": 3 });
    const now = await shown("confidence");
    expect([OWN, BOTH, FEED_ONLY].map(([one]) => now.get(one?.value ?? ""))).toEqual([70, 80, 80]);
    const kept = await asTeam(
      team.id,
      (tx) => tx.$queryRaw<{ context: object; comment: string }[]>`
        SELECT DISTINCT a.context, a.comment FROM attribution a JOIN feed f ON f.id = a.feed_id
        WHERE a.team_id = ${team.id}::uuid AND f.kind = 'local' AND a.until_generation IS NULL`,
    );
    expect(kept).toEqual([{ context: { addedBy: actor.name }, comment: "by hand" }]);

    expect((await undo(done.id)).counts).toEqual({ restored: 6 });
    expect(await snapshot()).toEqual(before);
  });

  it("takes over what feeds alone vouch for when it is asked to, and lets go of it when undone", async () => {
    const before = await snapshot();
    const done = await change(ALL, {
      ...{ action: "tags", add: ["incident-7"], remove: ["ours"], feedsOnly: "adopt" },
    });

    expect(done.counts).toEqual({ changed: 9 });
    expect([...(await shown("tags")).values()]).toEqual(Array.from({ length: 9 }, () => ["incident-7"]));

    expect((await undo(done.id)).counts).toEqual({ restored: 9 });
    expect(await snapshot()).toEqual(before);
  });

  it.each<[Change, "tlp" | "valid_until", unknown]>([
    [{ action: "tlp", tlp: "red", feedsOnly: "leave" }, "tlp", 5],
    [
      { action: "validity", validUntil: "2031-02-03T00:00:00Z", feedsOnly: "leave" },
      "valid_until",
      "2031-02-03T00:00:00+00:00",
    ],
    [{ action: "validity", validUntil: null, feedsOnly: "leave" }, "valid_until", null],
  ])("sets %j", async (what, column, expected) => {
    const done = await change(filtered({ q: "own" }), what);
    expect(done.counts).toEqual({ changed: 3 });
    expect((await shown(column)).get(OWN[0]?.value ?? "")).toBe(expected);
    expect((await change(filtered({ q: "own" }), what)).counts).toEqual({ unchanged: 3 });
  });

  it("is a sighting where confidence fades, and takes over what feeds said, not what was left of it", async () => {
    const passed = "UPDATE attribution SET last_seen = last_seen - interval '31 days' WHERE team_id = $1";
    await database.asOwner(async (client) => {
      await client.query(
        "INSERT INTO decay_rule (team_id, type, half_life_days, floor) VALUES ($1, $2, 30, 10)",
        [team.id, indicatorTypeCode("domain")],
      );
      await client.query(passed, [team.id]);
      await client.query(passed.replace("attribution", "team_indicator"), [team.id]);
      await client.query(
        "UPDATE feed_run SET finished_at = finished_at - interval '31 days' WHERE team_id = $1",
        [team.id],
      );
    });
    await fadeTeam(team.id, new Date());
    const of = ([first]: readonly Vouched[], values: ReadonlyMap<string, unknown>) =>
      values.get(first?.value ?? "");
    const faded = await shown("confidence");
    expect([of(FEED_ONLY, faded), of(OWN, faded)]).toEqual([40, 30]);

    const before = await snapshot();
    const done = await change(filtered({ q: "own" }), confidence(50));
    expect(of(OWN, await shown("confidence"))).toBe(50);
    await undo(done.id);
    expect(await snapshot()).toEqual(before);

    await change(filtered({ q: "feed" }), {
      ...{ action: "tags", add: ["x"], remove: [], feedsOnly: "adopt" },
    });
    expect(of(FEED_ONLY, await shown("confidence"))).toBe(80);
  });

  it("refuses an end in the past", async () => {
    await expect(
      change(ALL, { action: "validity", validUntil: "2020-01-01T00:00:00Z", feedsOnly: "leave" }),
    ).rejects.toThrow("in the past");
  });
});

describe("a change of more than one change takes", () => {
  it("is stopped, changes nothing, and stands in the audit", async () => {
    const id = await createBulkChange(actor, access(actor), { selection: ALL, change: withdraw });
    expect(await collectItems(team.id, id, 8)).toBe(false);
    await carryOutBulkChange(id, { signal });

    expect(await getBulkChange(actor, id)).toMatchObject({ state: "stopped", done: 0, counts: {} });
    expect((await snapshot()).tombstones).toBe(0);
    const entries = await asTeam(team.id, (tx) =>
      tx.auditEntry.findMany({ where: { subjectId: id }, select: { action: true, detail: true } }),
    );
    const message = expect.stringContaining("more than 8") as string;
    expect(entries).toMatchObject([
      { action: "indicator.bulk-change", detail: { state: "stopped", reason: "Not ours.", message } },
    ]);
  });
});

describe("the trace of a value that was changed with others", () => {
  it("names who changed it and who put it back, not who added it, and no approval of what was said before", async () => {
    const other = await makeActor([[team, "analyst"]]);
    await database.asOwner((client) =>
      client.query(
        `UPDATE attribution SET context = context || '{"approvedBy": "Ana"}' WHERE context ? 'addedBy'`,
      ),
    );
    const done = await change(filtered({ q: "own" }), confidence(70), other);
    await undo(done.id);

    const [first] = OWN;
    const { timeline } = await traceIndicator(actor, indicatorId("domain", first?.value ?? ""));
    expect(timeline.map(({ what }) => what.replace(/ (?:in|to) .*/, ""))).toEqual(
      expect.arrayContaining([
        `${actor.name} edited it`,
        `${other.name} edited it`,
        `${actor.name} added it`,
      ]),
    );
    const { rows } = await database.asOwner((client) =>
      client.query<{ approvedBy: string | null }>(
        `SELECT a.context->>'approvedBy' AS "approvedBy" FROM attribution a JOIN indicator i ON i.id = a.indicator_id
         WHERE i.value = $1 AND a.team_id = $2 ORDER BY a.id`,
        [first?.value, team.id],
      ),
    );
    expect(rows.map(({ approvedBy }) => approvedBy)).toEqual(["Ana", null, "Ana"]);
  });
});

describe("an undo", () => {
  it("leaves alone what somebody changed since", async () => {
    const done = await change(filtered({ q: "own" }), confidence(20));
    await addLocalIndicators(actor, access(actor), [{ value: OWN[0]?.value, confidence: 99 }]);
    const [, second] = OWN;
    if (!second) throw new Error("No value.");
    await withdrawIndicator(actor, access(actor), {
      indicatorId: indicatorId(second.type, second.value),
      reason: "Since.",
    });

    const undone = await undo(done.id);

    expect(undone.counts).toEqual({ restored: 1, "changed-since": 2 });
    const now = await shown("confidence");
    expect(OWN.map(({ value }) => now.get(value))).toEqual([99, 20, 60]);
    expect((await shown("active")).get(second.value)).toBe(false);
  });

  it("leaves alone what was added again and withdrawn again since", async () => {
    const done = await change(filtered({ q: "own" }), withdraw);
    await addLocalIndicators(actor, access(actor), [{ value: OWN[0]?.value, confidence: 99 }]);
    await change(filtered({ q: "own" }), withdraw);

    expect((await undo(done.id)).counts).toEqual({ restored: 2, "changed-since": 1 });
  });

  it("happens once, of what is done, within its time", async () => {
    const id = await createBulkChange(actor, access(actor), { selection: ALL, change: withdraw });
    await expect(undoBulkChange(actor, access(actor), id)).rejects.toThrow("under way");
    await carryOutBulkChange(id, { signal });
    const tries = await Promise.allSettled([1, 2, 3].map(() => undoBulkChange(actor, access(actor), id)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(undoBulkChange(actor, access(actor), id)).rejects.toThrow("undone already");

    const late = await change(ALL, confidence(1, "adopt"));
    await database.asOwner((client) =>
      client.query("UPDATE bulk_change SET finished_at = now() - interval '25 hours' WHERE id = $1", [
        late.id,
      ]),
    );
    await expect(undoBulkChange(actor, access(actor), late.id)).rejects.toThrow("time to undo");
  });
});

describe("a change whose worker ends in the middle", () => {
  it("goes on behind its last piece, and does nothing twice, also when several workers have it", async () => {
    const before = await snapshot();
    const id = await createBulkChange(actor, access(actor), { selection: ALL, change: withdraw });
    // One piece, as if the worker had ended then.
    await carryOutBulkChange(id, { signal, piece: 4, sliceMs: 0 });
    expect(await getBulkChange(actor, id)).toMatchObject({ state: "running", done: 4, total: 9 });
    // A worker that is told to stop between two pieces leaves them as they are.
    const stopped = new AbortController();
    stopped.abort(new Error("The worker stops."));
    await expect(carryOutBulkChange(id, { signal: stopped.signal })).rejects.toThrow("stops");

    await Promise.all([1, 2, 3].map(() => carryOutBulkChange(id, { signal, piece: 2 })));
    await carryOutBulkChange(id, { signal, piece: 2 });

    expect(await getBulkChange(actor, id)).toMatchObject({ state: "done", done: 9, counts: { changed: 9 } });
    expect(await snapshot()).toMatchObject({ tombstones: 9 });
    expect((await undo(id)).counts).toEqual({ restored: 9 });
    expect(await snapshot()).toEqual(before);
  });

  it("is announced again when nobody has it, and given up after some tries", async () => {
    const id = await createBulkChange(actor, access(actor), { selection: ALL, change: withdraw });
    await database.asOwner(async (client) => {
      const old = "touched_at = now() - interval '1 minute', attempts = 5";
      await client.query(`UPDATE bulk_change SET ${old} WHERE id = $1`, [id]);
      await client.query("DELETE FROM outbox");
    });

    await announceBulkChanges();
    const { rows } = await database.asOwner((client) =>
      client.query<{ job: string }>("SELECT job FROM outbox WHERE job = 'bulk-change.carry-out'"),
    );
    expect(rows).toHaveLength(1);

    await carryOutBulkChange(id, { signal });
    const given = await getBulkChange(actor, id);
    expect(given).toMatchObject({ state: "stopped", done: 0, undoableUntil: null });
    expect(given.message).toContain("5 times");
  });
});

describe("teams", () => {
  it("see and change nothing of each other's", async () => {
    const other = await makeTeam();
    const stranger = await makeActor([[other, "owner"]]);
    await vouch(other, [...FEED_ONLY], { name: "Feed of the other" });
    const theirs = await snapshot(other);
    const done = await change(ALL, withdraw);
    expect(await snapshot(other)).toEqual(theirs);

    await expect(getBulkChange(stranger, done.id)).rejects.toThrow("no such");
    await expect(undoBulkChange(stranger, access(stranger), done.id)).rejects.toThrow("no such");
    expect(await listBulkChanges(stranger, [other.id, team.id])).toEqual([]);
    const ids = [FEED_ONLY[0], OWN[0]].map((one) => indicatorId("domain", one?.value ?? ""));
    await expect(change({ ids }, withdraw, stranger)).rejects.toThrow("Nothing was changed");
    expect(await snapshot(other)).toEqual(theirs);
    expect((await change({ ids: ids.slice(0, 1) }, withdraw, stranger)).counts).toEqual({ changed: 1 });
  });
});
