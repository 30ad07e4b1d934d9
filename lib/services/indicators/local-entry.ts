import "server-only";

import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { ACTIONS, SEVERITIES, type Action, type Severity } from "@/lib/domain/connector/actions";
import { AppError } from "@/lib/domain/errors";
import type { AddedIndicator, LocalIndicator } from "@/lib/domain/indicator/local";
import {
  indicatorTypeFromCode,
  tlpFromCode,
  type IndicatorType,
  type Tlp,
} from "@/lib/domain/indicator/types";

import { addLocalIndicators } from "./add-local-indicators";

/** What a team's own list says of one value. */
export type LocalEntry = {
  type: IndicatorType;
  value: string;
  port: number | null;
  comment: string;
  confidence: number;
  tlp: Tlp;
  tags: string[];
  validUntil: Date | null;
  action: Action | null;
  severity: Severity | null;
};

/** The entry of a value in the team's own list as it stands; null: it is not on it. */
export const findLocalEntry = async (teamId: string, indicatorId: string): Promise<LocalEntry | null> => {
  const [row] = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<Row[]>`
      SELECT i.type, i.value, a.comment, a.confidence, a.tlp, a.tags, a.valid_until AS "validUntil", a.context
      FROM indicator i JOIN attribution a ON a.indicator_id = i.id JOIN feed f ON f.id = a.feed_id
      WHERE a.team_id = ${teamId}::uuid AND i.key = ${indicatorId}::uuid AND a.until_generation IS NULL
        AND f.kind = 'local' AND f.deleted_at IS NULL`,
  );
  if (row === undefined) return null;
  const { type, tlp, context, ...facts } = row;
  const wishes = contextSchema.parse(context ?? {});
  return { ...facts, type: indicatorTypeFromCode(type), tlp: tlpFromCode(tlp), ...wishes };
};

type Edit = { indicatorId: string; facts: Partial<Omit<LocalIndicator, "value" | "type">> };

/**
 * Changes what the team's own list says of a value; what is left out follows the list's own rules. Throws `not_found` for a value
 * that is not on it, and `invalid_input` for an end that has passed.
 */
export const editLocalEntry = async (
  actor: Actor,
  team: TeamAccess,
  { indicatorId, facts }: Edit,
): Promise<AddedIndicator> => {
  const entry = await findLocalEntry(team.id, indicatorId);
  if (!entry) throw new AppError("not_found", "The team's own list has no such indicator.");
  const { type, value, port } = entry;
  const item = port === null ? { ...facts, type, value } : { ...facts, value: withPort(value, port) };
  const [answer] = await addLocalIndicators(actor, team, [item]);
  if (!answer) throw new Error("Adding one item answered nothing.");
  if (answer.outcome === "rejected") throw new AppError("invalid_input", answer.reason ?? "It was refused.");
  return answer;
};

const withPort = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;

type Row = Pick<LocalEntry, "value" | "comment" | "confidence" | "tags" | "validUntil"> & {
  type: number;
  tlp: number;
  context: unknown;
};
const contextSchema = z.object({
  action: z.enum(ACTIONS).nullable().default(null),
  severity: z.enum(SEVERITIES).nullable().default(null),
  port: z.number().int().nullable().default(null),
});
