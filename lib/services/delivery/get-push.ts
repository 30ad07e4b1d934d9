import "server-only";

import { z } from "zod";

import { asActor, bulkAsSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { Leftovers } from "@/lib/domain/delivery/leftovers";
import type { Pace } from "@/lib/domain/delivery/push-pace";
import { adviceOn } from "@/lib/domain/delivery/refusal";
import { AppError } from "@/lib/domain/errors";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";

import { readStop } from "./delivery-stop";
import { readLeftovers } from "./leftovers";
import { measurePace } from "./measure-pace";
import { PUSH_SELECT, toPushView, type PushView } from "./push-view";

type Push = PushView & {
  failures: PushFailure[];
  /** Nothing of it may leave: somebody switched sending off. */
  isSendingOff: boolean;
  /** What is left of it may itself be why its destination does not answer. */
  leftovers: Leftovers | null;
  /** Null while it does not go, or has only begun. */
  pace: Pace | null;
};

export type PushFailure = z.output<typeof failureSchema>;

/** Failures shown with a push; the connector's receipts hold them all. */
const MAX_FAILURES = 100;

/** One push of a team the actor has a part in, with what was refused and why. A foreign push and an unknown one are the same `not_found`. */
export const getPush = async (actor: Actor, pushId: string): Promise<Push> => {
  const push = await readPush(actor, pushId);
  if (push.state !== "queued" && push.state !== "running")
    return { ...push, isSendingOff: false, leftovers: null };
  // What it waits for is not what keeps it, where sending was switched off meanwhile.
  const { stop, leftovers } = await bulkAsSystem("delivery", async (client) => ({
    stop: await readStop(client, push.connectorId),
    leftovers: push.waitingSince === null ? null : await readLeftovers(client, pushId),
  }));
  const { message, pace } = push;
  return {
    ...push,
    ...(stop === null ? { message, pace } : { message: stop, pace: null }),
    ...{ isSendingOff: stop !== null, leftovers },
  };
};

const readPush = async (actor: Actor, pushId: string): Promise<Omit<Push, "isSendingOff" | "leftovers">> => {
  const teamIds = actor.teams.map(({ id }) => id);
  return asActor(actor, async (tx) => {
    const push = await tx.push.findFirst({
      where: { id: pushId, teamId: { in: teamIds } },
      select: PUSH_SELECT,
    });
    if (!push) throw new AppError("not_found", "There is no such push.");
    const view = toPushView(push);
    const pace = await measurePace(tx, view);
    if (push.failed === 0) return { ...view, pace, failures: [] };
    const failures = await tx.$queryRaw<unknown[]>`
      SELECT i.key AS "indicatorId", i.type, i.value, p.operation, coalesce(p.reason, '') AS reason
      FROM push_item p JOIN indicator i ON i.id = p.indicator_id
      WHERE p.push_id = ${pushId}::uuid AND p.team_id = ${push.teamId}::uuid AND p.state = 'failed'
      ORDER BY p.indicator_id LIMIT ${MAX_FAILURES}`;
    return { ...view, pace, failures: z.array(failureSchema).parse(failures) };
  });
};

const failureSchema = z
  .object({
    indicatorId: z.string(),
    type: z.number().transform(indicatorTypeFromCode),
    value: z.string(),
    operation: z.string(),
    reason: z.string(),
  })
  .transform((failure) => ({ ...failure, advice: adviceOn(failure.reason) }));
