import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Share } from "@/lib/domain/selection/share";

import { decideStep, type StandingClaim, type StepInput } from "./decide-step";

const share = (team: string, other: Partial<Share> = {}): Share => ({
  action: "Audit",
  severity: "Medium",
  expiresAt: new Date("2026-12-24T00:00:00Z"),
  content: { team: { slug: team, name: team }, tlp: 3, confidence: 50, feeds: [] },
  ...other,
});
const claim = (team: string, other: Partial<Share> = {}): StandingClaim => ({
  connectorId: team,
  maxTlp: 3,
  share: share(team, other),
});

const absent = { isStanding: false, ownerConnectorId: null, action: null };
const ownedBy = (owner: string) => ({ isStanding: true, ownerConnectorId: owner, action: "Audit" }) as const;
const base = {
  connectorId: "a",
  maxTlp: 3,
  record: absent,
  isUnanswered: false,
  claims: [],
  ownership: "application",
} as const;
const add = { operation: "add", share: share("a") } as const;
const remove = { operation: "remove", share: null } as const;
const names = (teams: readonly { name: string }[]) => teams.map(({ name }) => name);

const stepOf = (input: Partial<StepInput>) => decideStep({ ...base, ...add, ...input });

describe("decideStep, where only the maker of a record may change it", () => {
  it("lets the first claim make the record", () => {
    expect(stepOf({})).toMatchObject({ kind: "put", withdrawBy: null, pushBy: "a", ownerAfter: "a" });
  });

  it("lets the owner's application write for those who join", () => {
    const step = stepOf({ record: ownedBy("b"), claims: [claim("b")] });
    expect(step).toMatchObject({ kind: "put", withdrawBy: null, pushBy: "b", ownerAfter: "b" });
    expect(step.kind === "put" && names(step.merged.teams)).toEqual(["b", "a"]);
  });

  it("lets the owner's application take out the name of one who leaves", () => {
    const step = stepOf({ ...remove, record: ownedBy("b"), claims: [claim("b"), claim("a")] });
    expect(step).toMatchObject({ kind: "put", withdrawBy: null, pushBy: "b" });
    expect(step.kind === "put" && names(step.merged.teams)).toEqual(["b"]);
  });

  it("keeps what a record says to the ceiling of whoever writes it, which another owner may raise", () => {
    const feeds = [{ name: "Red list", isPublic: true, comment: "Named source", threatType: "", tags: [] }];
    const red = { ...share("a"), content: { ...share("a").content, tlp: 5, feeds } };
    const step = stepOf({ share: red, maxTlp: 5, record: ownedBy("b"), claims: [claim("b")] });
    expect(step).toMatchObject({ pushBy: "b", merged: { tlp: 3, feeds: [], comments: [] } });

    const claims = [claim("b"), { ...claim("a"), maxTlp: 5, share: red }];
    const left = stepOf({ ...remove, connectorId: "b", record: ownedBy("b"), claims });
    expect(left).toMatchObject({ pushBy: "a", merged: { tlp: 5, feeds: ["Red list"] } });
  });

  it("makes a record anew that somebody put under other device groups", () => {
    const record = { ...ownedBy("a"), isElsewhere: true };
    expect(stepOf({ operation: "change", record, claims: [claim("a")] })).toMatchObject({
      ...{ kind: "put", withdrawBy: "a", pushBy: "a" },
    });
  });

  it("hands over when the owner leaves: its application deletes, the oldest remaining claim's creates", () => {
    const claims = [claim("a"), claim("c"), claim("b")];
    const step = stepOf({ ...remove, record: ownedBy("a"), claims });
    expect(step).toMatchObject({ kind: "put", withdrawBy: "a", pushBy: "c", ownerAfter: "c" });
    expect(step.kind === "put" && names(step.merged.teams)).toEqual(["c", "b"]);
  });

  it("deletes with the owner's application when the last claim leaves", () => {
    expect(stepOf({ ...remove, record: ownedBy("a"), claims: [claim("a")] })).toEqual({
      kind: "end",
      withdrawBy: "a",
    });
  });

  it("deletes and creates when the action changes, since it is part of the record's identity", () => {
    const step = stepOf({
      operation: "change",
      share: share("a", { action: "Block" }),
      record: ownedBy("a"),
      claims: [claim("a")],
    });
    expect(step).toMatchObject({ kind: "put", withdrawBy: "a", pushBy: "a", merged: { action: "Block" } });
  });

  it("does not recreate when a milder wish joins a stricter record", () => {
    const record = { ...ownedBy("b"), action: "Block" } as const;
    const step = stepOf({ record, claims: [claim("b", { action: "Block" })] });
    expect(step).toMatchObject({ kind: "put", withdrawBy: null, merged: { action: "Block" } });
  });

  it("has nothing to do for a claim that is not there any more", () => {
    expect(stepOf({ ...remove, record: ownedBy("b"), claims: [claim("b")] })).toMatchObject({
      kind: "nothing",
    });
  });
});

describe("decideStep, where an earlier request was never answered", () => {
  const unanswered = { isUnanswered: true } as const;

  it("ends what may stand there, although nothing is claimed", () => {
    expect(stepOf({ ...remove, ...unanswered })).toEqual({ kind: "end", withdrawBy: "a" });
    expect(stepOf({ ...remove, ...unanswered, ownership: "shared" })).toEqual({
      kind: "end",
      withdrawBy: "a",
    });
  });

  it("makes it anew, so that one record stands whatever the lost request had made", () => {
    expect(stepOf(unanswered)).toMatchObject({ kind: "put", withdrawBy: "a", pushBy: "a" });
    expect(
      stepOf({ ...unanswered, operation: "change", record: ownedBy("a"), claims: [claim("a")] }),
    ).toMatchObject({ kind: "put", withdrawBy: "a", pushBy: "a" });
  });

  it("writes it as the others want it when this connector's own wish has gone", () => {
    const step = stepOf({ ...unanswered, ...remove, record: ownedBy("b"), claims: [claim("b")] });
    expect(step).toMatchObject({ kind: "put", withdrawBy: "b", pushBy: "b", ownerAfter: "b" });
    expect(step.kind === "put" && names(step.merged.teams)).toEqual(["b"]);
  });

  it("only writes over it where every application may", () => {
    expect(stepOf({ ...unanswered, ownership: "shared" })).toMatchObject({ withdrawBy: null, pushBy: "a" });
  });
});

describe("decideStep, where every application may write", () => {
  it("lets each write with its own, and the oldest remaining one when its own has left", () => {
    const shared = { ownership: "shared", record: ownedBy("a") } as const;
    const claims = [claim("a"), claim("b")];
    expect(stepOf({ ...shared, connectorId: "b", operation: "change", claims })).toMatchObject({
      pushBy: "b",
    });
    expect(stepOf({ ...shared, ...remove, claims })).toMatchObject({
      withdrawBy: null,
      pushBy: "b",
      ownerAfter: "b",
    });
    expect(stepOf({ ...shared, ...remove, claims: [claim("a")] })).toEqual({ kind: "end", withdrawBy: "a" });
  });
});

type Move = { connectorId: string; action: "Audit" | "Block" | null };
type Remote = { owner: string; teams: string[]; action: "Audit" | "Block" };

/** Plays moves against a destination that lets only a record's maker change it, and notes who tried without being that. */
const replay = (moves: readonly Move[], ownership: StepInput["ownership"]) => {
  let claims: StandingClaim[] = [];
  const there: { remote: Remote | null } = { remote: null };
  const trespassers: string[] = [];
  const write = (who: string, to: Remote | null): void => {
    if (ownership === "application" && there.remote && there.remote.owner !== who) trespassers.push(who);
    there.remote = to;
  };
  for (const { connectorId, action } of moves) {
    const wish = action && share(connectorId, { action });
    const isKnown = claims.some((one) => one.connectorId === connectorId);
    const operation = wish === null ? "remove" : isKnown ? "change" : "add";
    const record = toStanding(there.remote);
    const step = decideStep({
      ...{ connectorId, maxTlp: 3, operation, claims, ownership, record },
      share: wish,
      isUnanswered: false,
    });
    if (step.kind === "nothing") continue;
    if (step.withdrawBy !== null) write(step.withdrawBy, null);
    if (step.kind === "put") {
      const { merged, ownerAfter: owner } = step;
      write(step.pushBy, {
        owner,
        teams: names(merged.teams),
        action: merged.action === "Block" ? "Block" : "Audit",
      });
    }
    const mine = wish ? [{ connectorId, maxTlp: 3, share: wish }] : [];
    const others = claims.filter((one) => one.connectorId !== connectorId);
    claims = isKnown
      ? claims.flatMap((one) => (one.connectorId === connectorId ? mine : [one]))
      : [...others, ...mine];
  }
  return { claims, remote: there.remote, trespassers };
};

const toStanding = (remote: Remote | null) =>
  remote ? { isStanding: true, ownerConnectorId: remote.owner, action: remote.action } : absent;

const strictest = (claims: readonly StandingClaim[]) =>
  claims.some((one) => one.share.action === "Block") ? "Block" : "Audit";

describe("any history of joining, changing and leaving", () => {
  const move = fc.record({
    connectorId: fc.constantFrom("a", "b", "c"),
    action: fc.constantFrom("Audit" as const, "Block" as const, null),
  });
  const moves = fc.array(move, { maxLength: 12 });

  it.each(["application", "shared"] as const)(
    "ends with one record of those who still claim it, written by who may (%s)",
    (ownership) => {
      fc.assert(
        fc.property(moves, (history) => {
          const { claims, remote, trespassers } = replay(history, ownership);
          expect(trespassers).toEqual([]);
          const wanted = claims.map(({ connectorId }) => connectorId);
          const owner = wanted.find((id) => id === remote?.owner);
          const expected = { owner, teams: wanted, action: strictest(claims) };
          expect(remote).toEqual(wanted.length === 0 ? null : expected);
        }),
      );
    },
  );
});
