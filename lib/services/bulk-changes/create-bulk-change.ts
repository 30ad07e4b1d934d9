import "server-only";

import { randomUUID } from "node:crypto";

import type { Tx } from "@/lib/db/client";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { BulkChange, BulkSelection } from "@/lib/domain/indicator/bulk-change";
import { bulkChangeCarryOut } from "@/lib/jobs/bulk-change.job";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { BULK_CHANGE_SELECT, countsSchema, undoableUntil } from "./change-view";

type Options = {
  selection: BulkSelection;
  change: BulkChange;
  /** How many the person saw that it would be. */
  expected?: number | null;
};

/**
 * Notes down a change of many indicators and hands it to a worker; gives its id at once, however many there are. What a filter
 * finds is listed when the work begins, without what the team got after this moment. Throws `not_found` when one that is named is
 * not the team's: then nothing is changed.
 */
export const createBulkChange = async (
  actor: Actor,
  team: TeamAccess,
  { selection, change, expected = null }: Options,
): Promise<string> => {
  const now = new Date();
  if (change.action === "validity" && change.validUntil !== null && new Date(change.validUntil) <= now)
    throw invalid("/change/validUntil", "It would end in the past. Give a later end, or none.");
  const id = await asTeam(team.id, async (tx) => {
    await refuseUnapproved(tx, team.id, change.action === "withdraw" ? "withdraw" : "edit");
    if ("ids" in selection) await requireAll(tx, team.id, selection.ids);
    const rest = { selection, change, expected: "ids" in selection ? selection.ids.length : expected };
    return insert(tx, { actor, teamId: team.id, action: change.action, now, ...rest });
  });
  await relayOutbox();
  return id;
};

/**
 * Puts back what a change did, where nobody changed it since; as a change of its own. Throws `conflict` when it is under way, its
 * time to be undone is over, or it is undone already.
 */
export const undoBulkChange = async (
  actor: Actor,
  team: TeamAccess,
  changeId: string,
): Promise<{ id: string }> => {
  const now = new Date();
  const id = await asTeam(team.id, async (tx) => {
    await refuseUnapproved(tx, team.id, "undo");
    const found = await tx.bulkChange.findFirst({
      where: { id: changeId, teamId: team.id },
      select: { ...BULK_CHANGE_SELECT, state: true },
    });
    if (!found) throw new AppError("not_found", "There is no such bulk change among those you can see.");
    if (found.action === "undo") throw new AppError("conflict", "An undo cannot be undone itself.");
    if (found.state !== "done" && found.state !== "stopped")
      throw new AppError("conflict", "It is still under way. Undo it when it is done.");
    const ended = { state: found.state, finishedAt: found.finishedAt } as const;
    if (undoableUntil({ ...ended, counts: countsSchema.parse(found.counts) }, now) === null)
      throw new AppError("conflict", "It changed nothing, or the time to undo it is over.");
    // Two at once: the second waits here, and then sees the first one's.
    await tx.$queryRaw`SELECT id FROM bulk_change WHERE id = ${changeId}::uuid FOR UPDATE`;
    const other = await tx.bulkChange.findFirst({ where: { undoOf: changeId }, select: { id: true } });
    if (other) throw new AppError("conflict", "It is undone already.");
    const rest = { selection: {}, change: {}, expected: null, undoOf: changeId };
    return insert(tx, { actor, teamId: team.id, action: "undo", now, ...rest });
  });
  await relayOutbox();
  return { id };
};

type Operation = "edit" | "withdraw" | "undo";

// A change of hundreds of thousands is no proposal that a person could look through: nothing goes past the second person by it.
const refuseUnapproved = async (tx: Tx, teamId: string, operation: Operation): Promise<void> => {
  const [team] = await tx.$queryRaw<{ secondPerson: string; waitsToWithdraw: boolean }[]>`
    SELECT second_person AS "secondPerson", second_person_withdrawals AS "waitsToWithdraw" FROM team
    WHERE id = ${teamId}::uuid FOR SHARE`;
  const waits = operation === "withdraw" ? team?.waitsToWithdraw === true : team?.secondPerson !== "off";
  if (waits) throw new AppError("conflict", operation === "undo" ? UNDO_UNAPPROVED : UNAPPROVED);
};

const UNAPPROVED =
  "Your team asks for a second person, and a change of many at once cannot wait for one. Nothing was changed. Import the values as a file or withdraw them one by one: that waits for approval. Or recall them.";
const UNDO_UNAPPROVED =
  "Your team asks for a second person, and undoing a change of many at once cannot wait for one. Nothing was put back. Import the values as a file, as they were before: that waits for approval.";

const requireAll = async (tx: Tx, teamId: string, ids: readonly string[]): Promise<void> => {
  const [row] = await tx.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id AND t.team_id = ${teamId}::uuid
    WHERE i.key = ANY (${[...new Set(ids)]}::uuid[])`;
  if (Number(row?.count ?? 0) !== new Set(ids).size)
    throw new AppError(
      "not_found",
      "There is no such indicator among the team's for at least one of these ids. Nothing was changed.",
    );
};

type Insert = {
  actor: Actor;
  teamId: string;
  action: string;
  selection: object;
  change: object;
  expected: number | null;
  undoOf?: string;
  now: Date;
};

const insert = async (tx: Tx, { actor, now, ...row }: Insert): Promise<string> => {
  const id = randomUUID();
  const { id: createdBy, name } = asDoer(actor);
  await tx.bulkChange.create({
    data: {
      ...{ ...row, id, createdAt: now, touchedAt: now },
      ...{ createdBy: createdBy ?? actor.userId, createdByName: name },
    },
    select: { id: true },
  });
  await announce(tx, bulkChangeCarryOut, { changeId: id });
  return id;
};

const invalid = (pointer: string, detail: string): AppError =>
  new AppError("invalid_input", detail, { fields: [{ pointer, detail }] });
