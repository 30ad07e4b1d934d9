import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { createBulkChange, undoBulkChange } from "@/lib/services/bulk-changes/create-bulk-change";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { findLocalEntry } from "@/lib/services/indicators/local-entry";
import { listIndicators } from "@/lib/services/indicators/list-indicators";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { updateTeamRules, type TeamRules } from "@/lib/services/people/team-rules";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { approveProposal, cancelProposal, declineProposal } from "./decide-proposal";
import { countOpenProposals, getProposal, listProposalItems, listProposals } from "./list-proposals";

const database = useTestDatabase();

let team: TestTeam;
let owner: Actor;
let kim: Actor;
let lee: Actor;
beforeEach(async () => {
  team = await makeTeam();
  [owner, kim, lee] = [
    await makeActor([[team, "owner"]]),
    await makeActor([[team, "analyst"]]),
    await makeActor([[team, "analyst"]]),
  ];
});

const teamOf = (actor: Actor) => {
  const [first] = actor.teams;
  if (!first) throw new Error("The actor has no team.");
  return first;
};
const rules = (change: Partial<TeamRules>) => updateTeamRules(owner, team.id, change);
const add = (actor: Actor, ...items: readonly unknown[]) => addLocalIndicators(actor, teamOf(actor), items);
const listed = async () => {
  const filter = indicatorFilterSchema.parse({ state: "active" });
  const { indicators } = await listIndicators(owner, {
    teamIds: [team.id],
    filter,
    limit: 100,
    cursor: null,
  });
  return indicators.map(({ value, confidence }) => `${value} ${String(confidence)}`).sort();
};
const proposedBy = async (actor: Actor, ...items: readonly unknown[]) => {
  const id = (await add(actor, ...items)).find(({ proposalId }) => proposalId !== null)?.proposalId;
  if (!id) throw new Error("Nothing waits.");
  return getProposal(actor, id);
};
const actionsOf = async (subjectId: string) =>
  asTeam(team.id, async (tx) => {
    const entries = await tx.auditEntry.findMany({ where: { subjectId }, orderBy: { id: "asc" } });
    return entries.map(({ action, actorName }) => [action, actorName.split(" <")[0]]);
  });

describe("a team that asks for no second person", () => {
  it("has everything stand at once", async () => {
    expect(await add(kim, { value: "45.155.205.1", action: "Block" })).toMatchObject([
      { outcome: "added", proposalId: null },
    ]);
    expect(await countOpenProposals(owner, team.id)).toEqual({ open: 0, isAsked: false });
  });
});

describe("a team that asks for a second person for everything", () => {
  beforeEach(() => rules({ secondPerson: "all" }));

  it("makes no proposal of what stands so already, and of the rest alone", async () => {
    const known = { value: "45.155.205.3", confidence: 70, tlp: "green", tags: ["b", "a"], validUntil: null };
    await rules({ secondPerson: "off" });
    await add(kim, known);
    await rules({ secondPerson: "all" });

    expect(await add(lee, known)).toMatchObject([{ outcome: "unchanged", proposalId: null }]);
    expect(await countOpenProposals(owner, team.id)).toMatchObject({ open: 0 });
    const answers = await add(lee, known, { ...known, value: "45.155.205.4" });
    expect(answers.map(({ outcome }) => outcome)).toEqual(["unchanged", "proposed"]);
    expect(await add(lee, { ...known, confidence: 71 })).toMatchObject([{ outcome: "proposed" }]);
  });

  it("stores nothing of what is added until another member approves, and then exactly that", async () => {
    const answers = await add(
      kim,
      { value: "hxxp://45.155.205.1/a", comment: "C2", confidence: 90, tlp: "green", tags: ["apt"] },
      { value: "nothing" },
      { value: "45.155.205.2" },
    );

    expect(answers.map(({ outcome }) => outcome)).toEqual(["proposed", "rejected", "proposed"]);
    expect(await listed()).toEqual([]);
    expect(await countOpenProposals(owner, team.id)).toEqual({ open: 1, isAsked: true });
    const proposal = await getProposal(lee, answers[0]?.proposalId ?? "");
    const { items } = await listProposalItems(proposal, { limit: 10, after: 0 });
    expect(items).toMatchObject([
      {
        value: "http://45.155.205.1/a",
        before: { isActive: false, entry: null },
        after: { comment: "C2", confidence: 90, tlp: "green", tags: ["apt"] },
        isStale: false,
      },
      // What its author left to the list's defaults is spelled out.
      { value: "45.155.205.2", after: { confidence: 75, tlp: "amber" } },
    ]);

    await approveProposal(lee, proposal);

    expect(await listed()).toEqual(["45.155.205.2 75", "http://45.155.205.1/a 90"]);
    const [first] = answers;
    const trace = await traceIndicator(owner, first?.id ?? "");
    expect(trace.attributions).toMatchObject([{ addedBy: kim.name, comment: "C2" }]);
    expect(await actionsOf(proposal.id)).toEqual([
      ["proposal.create", kim.name],
      ["proposal.approve", lee.name],
    ]);
    expect(await getProposal(kim, proposal.id)).toMatchObject({ state: "approved", decidedByName: lee.name });
  });

  it("shows and takes in what has its own tags and as many of the list", async () => {
    const tags = (name: string) => Array.from({ length: 50 }, (_, index) => `${name}${String(index)}`);
    await add(kim, { value: "45.155.205.9" });
    await database.asOwner((client) =>
      client.query("UPDATE feed SET tags = $2 WHERE team_id = $1 AND kind = 'local'", [
        team.id,
        tags("list"),
      ]),
    );
    const proposal = await proposedBy(kim, { value: "45.155.205.1", tags: tags("own") });

    const { items } = await listProposalItems(proposal, { limit: 10, after: 0 });
    expect(items[0]?.after?.tags).toHaveLength(100);
    await approveProposal(lee, proposal);
    expect(await listed()).toEqual(["45.155.205.1 75"]);
  });

  it("shows a value that stands twice in a list once, as it will stand", async () => {
    const answers = await add(
      kim,
      { value: "45.155.205.1", confidence: 30, tlp: "red", tags: ["b"], validUntil: "2031-01-01T00:00:00Z" },
      { value: "45.155.205[.]1", confidence: 90, tlp: "green", tags: ["a"], comment: "C2", validUntil: null },
    );
    expect(answers.map(({ outcome }) => outcome)).toEqual(["proposed", "duplicate"]);
    const proposal = await getProposal(lee, answers[0]?.proposalId ?? "");
    const { items } = await listProposalItems(proposal, { limit: 10, after: 0 });
    expect(proposal.items).toBe(1);
    const merged = { confidence: 90, tlp: "red", tags: ["a", "b"], comment: "C2", validUntil: null };
    expect(items).toMatchObject([{ value: "45.155.205.1", after: merged }]);

    await approveProposal(lee, proposal);

    expect(await findLocalEntry(team.id, answers[0]?.id ?? "")).toMatchObject(merged);
    // As if nobody had to approve it.
    await rules({ secondPerson: "off" });
    const [other] = await add(
      kim,
      { value: "45.155.205.2", confidence: 30, tlp: "red", tags: ["b"], validUntil: "2031-01-01T00:00:00Z" },
      { value: "45.155.205[.]2", confidence: 90, tlp: "green", tags: ["a"], comment: "C2", validUntil: null },
    );
    expect(await findLocalEntry(team.id, other?.id ?? "")).toMatchObject(merged);
  });

  it("lets nobody approve what they proposed themselves, an owner neither, and PostgreSQL holds that, too", async () => {
    const proposal = await proposedBy(owner, { value: "45.155.205.1" });

    await expect(approveProposal(owner, proposal)).rejects.toMatchObject({ code: "forbidden" });
    await expect(declineProposal(owner, proposal, "No.")).rejects.toMatchObject({ code: "forbidden" });
    const decided = { state: "approved", decidedBy: owner.userId, decidedAt: new Date(), decidedByName: "x" };
    await expect(
      asTeam(team.id, (tx) => tx.proposal.update({ where: { id: proposal.id }, data: decided })),
    ).rejects.toThrow(/check/i);
    expect(await listed()).toEqual([]);
  });

  it("declines with a reason, once, and has the author take it back themselves only", async () => {
    const declined = await proposedBy(kim, { value: "45.155.205.1" });
    const cancelled = await proposedBy(kim, { value: "45.155.205.2" });

    await declineProposal(lee, declined, "Our own scanner.");
    await expect(cancelProposal(lee, cancelled)).rejects.toMatchObject({ code: "forbidden" });
    await cancelProposal(kim, cancelled);

    expect(await getProposal(kim, declined.id)).toMatchObject({
      state: "declined",
      decisionReason: "Our own scanner.",
    });
    for (const decide of [approveProposal(lee, declined), approveProposal(lee, cancelled)])
      await expect(decide).rejects.toMatchObject({ code: "conflict" });
    expect(await actionsOf(declined.id)).toContainEqual(["proposal.decline", lee.name]);
    expect(await actionsOf(cancelled.id)).toContainEqual(["proposal.cancel", kim.name]);
    expect(await listed()).toEqual([]);
  });

  it("shows an edit before and after, and refuses it once the value was changed by somebody else", async () => {
    await rules({ secondPerson: "off" });
    await add(kim, { value: "45.155.205.1", comment: "Old", confidence: 60 });
    await rules({ secondPerson: "all" });
    const edit = await proposedBy(kim, { value: "45.155.205.1", comment: "New", confidence: 90 });
    const rival = await proposedBy(owner, { value: "45.155.205.1", comment: "Other", confidence: 80 });
    const stale = async () => (await listProposalItems(edit, { limit: 10, after: 0 })).items[0]?.isStale;

    expect((await listProposalItems(edit, { limit: 10, after: 0 })).items).toMatchObject([
      {
        before: { isActive: true, entry: { comment: "Old", confidence: 60 } },
        after: { comment: "New", confidence: 90 },
      },
    ]);
    expect(await stale()).toBe(false);
    await approveProposal(lee, rival);
    expect(await stale()).toBe(true);
    await expect(approveProposal(lee, edit)).rejects.toMatchObject({ code: "stale" });
    expect(await listed()).toEqual(["45.155.205.1 80"]);
    expect(await getProposal(kim, edit.id)).toMatchObject({ state: "open" });
  });

  it("is refused when it was withdrawn meanwhile, and when its end has passed", async () => {
    await rules({ secondPerson: "off" });
    const [known] = await add(kim, { value: "45.155.205.1" });
    await rules({ secondPerson: "all" });
    const edit = await proposedBy(kim, { value: "45.155.205.1", confidence: 90 });
    await withdrawIndicator(lee, teamOf(lee), { indicatorId: known?.id ?? "", reason: "Wrong." });
    await expect(approveProposal(lee, edit)).rejects.toMatchObject({ code: "stale" });

    const end = Date.now() + 1_500;
    const brief = await proposedBy(
      kim,
      { value: "45.155.205.2", validUntil: new Date(end).toISOString() },
      { value: "45.155.205.3" },
    );
    await expect.poll(() => Date.now() > end, { timeout: 5_000 }).toBe(true);
    await expect(approveProposal(lee, brief)).rejects.toMatchObject({ code: "stale" });
    expect(await listed()).toEqual([]);
  });

  it("takes a list of thousands as one proposal", async () => {
    const items = Array.from({ length: 2_000 }, (_, index) => ({
      value: `45.${String(100 + (index >> 8))}.${String(index & 255)}.7`,
    }));
    const proposal = await proposedBy(kim, ...items);
    expect(proposal.items).toBe(2_000);
    const { items: page, next } = await listProposalItems(proposal, { limit: 50, after: 50 });
    expect(page.map(({ line }) => line)).toEqual(Array.from({ length: 50 }, (_, index) => index + 51));
    expect(next).toBe(100);

    await approveProposal(lee, proposal);

    expect(
      await asTeam(team.id, (tx) => tx.teamIndicator.count({ where: { teamId: team.id, active: true } })),
    ).toBe(2_000);
  });

  it("lets no change of many at once past the second person, and says what to do instead", async () => {
    await rules({ secondPerson: "off" });
    const [known] = await add(kim, { value: "45.155.205.1" });
    const selection = { ids: [known?.id ?? ""] };
    await rules({ secondPerson: "all", secondPersonWithdrawals: true });

    for (const change of [
      { action: "confidence", confidence: 100, feedsOnly: "leave" },
      { action: "withdraw", reason: "Wrong." },
    ] as const)
      await expect(createBulkChange(kim, teamOf(kim), { selection, change })).rejects.toMatchObject({
        code: "conflict",
      });

    await rules({ secondPersonWithdrawals: false });
    const change = { action: "withdraw", reason: "Wrong." } as const;
    const withdrawal = await createBulkChange(kim, teamOf(kim), { selection, change });
    await expect(undoBulkChange(kim, teamOf(kim), withdrawal)).rejects.toThrow("Nothing was put back");
  });

  it("delays no recall, and no withdrawal unless the team says so", async () => {
    await rules({ secondPerson: "off" });
    const answers = await add(kim, { value: "45.155.205.1" }, { value: "45.155.205.2" });
    const [first, second] = answers.map(({ id }) => id ?? "");
    await rules({ secondPerson: "all" });
    const target = { kind: "value", value: "45.155.205.9" } as const;
    await createRecall(owner, team.id, { target, reason: "Ours.", until: null });
    expect(
      await withdrawIndicator(kim, teamOf(kim), { indicatorId: first ?? "", reason: "Wrong." }),
    ).toBeNull();
    expect(await listed()).toEqual(["45.155.205.2 75"]);

    await rules({ secondPersonWithdrawals: true });
    const withdrawal = { indicatorId: second ?? "", reason: "Wrong, too." };
    const id = await withdrawIndicator(kim, teamOf(kim), withdrawal);
    expect(await listed()).toEqual(["45.155.205.2 75"]);
    const proposal = await getProposal(lee, id ?? "");
    expect(proposal).toMatchObject({ operation: "withdraw", reason: "Wrong, too.", items: 1 });
    await approveProposal(lee, proposal);
    expect(await listed()).toEqual([]);
    expect(await actionsOf(second ?? "")).toEqual([["indicator.withdraw", kim.name]]);
  });
});

describe("a team that asks for a second person for what may block", () => {
  it("holds only that, beside what stands at once", async () => {
    await rules({ secondPerson: "block" });

    const answers = await add(
      kim,
      { value: "45.155.205.1", action: "Block" },
      { value: "45.155.205.2", action: "Audit" },
      { value: "45.155.205.3" },
    );

    // No connector of the team would block what wishes nothing.
    expect(answers.map(({ outcome }) => outcome)).toEqual(["proposed", "added", "added"]);
    expect(await listed()).toEqual(["45.155.205.2 75", "45.155.205.3 75"]);
  });
});

describe("a team whose Defender connector blocks, and that asks for a second person for what may block", () => {
  const block = (isEnabled: boolean) =>
    database.asOwner(async (client) => {
      await client.query("BEGIN");
      await client.query("SET LOCAL session_replication_role = replica");
      await client.query(
        `INSERT INTO connector (id, team_id, destination_id, name, kind, client_id, action, enabled)
         VALUES ($1, $2, gen_random_uuid(), 'Defender', 'defender', gen_random_uuid(), 'Block', $3)`,
        [randomUUID(), team.id, isEnabled],
      );
      await client.query("COMMIT");
    });
  const outcomeOf = async (item: object) => (await add(kim, item))[0]?.outcome;

  it("waits with what was withdrawn, however harmless the wish beside it", async () => {
    await block(true);
    const [known] = await add(kim, { value: "45.155.205.1", action: "Audit" });
    await rules({ secondPerson: "block" });
    await withdrawIndicator(kim, teamOf(kim), { indicatorId: known?.id ?? "", reason: "Wrong." });

    expect(await outcomeOf({ value: "45.155.205.1", action: "Audit" })).toBe("proposed");
    expect(await outcomeOf({ value: "45.155.205.2", action: "Audit" })).toBe("added");
    expect(await listed()).toEqual(["45.155.205.2 75"]);
  });

  it("waits while the connector is paused, too", async () => {
    await block(false);
    await rules({ secondPerson: "block" });

    expect(await outcomeOf({ value: "45.155.205.1" })).toBe("proposed");
  });
});

describe("proposals of one team", () => {
  it("are seen and decided by nobody else, and by no viewer", async () => {
    await rules({ secondPerson: "all" });
    const proposal = await proposedBy(kim, { value: "45.155.205.1" });
    const viewer = await makeActor([[team, "viewer"]]);
    const stranger = await makeActor([[await makeTeam(), "owner"]]);
    const robot: Actor = { ...lee, scopes: ["indicator.write"] };

    await expect(getProposal(stranger, proposal.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(approveProposal(stranger, proposal)).rejects.toMatchObject({ code: "not_found" });
    for (const actor of [viewer, robot])
      await expect(approveProposal(actor, proposal)).rejects.toMatchObject({ code: "forbidden" });
    const page = { limit: 10, after: null };
    expect((await listProposals(stranger, { ...page, teamIds: [team.id] })).proposals).toEqual([]);
    expect(
      (await listProposals(viewer, { ...page, teamIds: [team.id], state: "open" })).proposals,
    ).toHaveLength(1);
  });
});
