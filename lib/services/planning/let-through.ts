import "server-only";

import type { Tx } from "@/lib/db/client";
import { brokenConstraint } from "@/lib/db/errors";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { noteLetThrough, type Own } from "./note-let-through";
import { assertConnector } from "@/lib/services/delivery/own-connector";

/**
 * Lets a value of the team through a connector's gate, by a person's word: from the next plan on it is blocked as the policy says.
 * Addresses of its networks are
 * among those. Throws `not_found` for a value that the team does not have, `conflict` for one that is let through already.
 */
export const letThrough = async (
  actor: Actor,
  connector: Own,
  { indicatorId, reason }: { indicatorId: string; reason: string },
): Promise<void> => {
  try {
    await asTeam(connector.teamId, async (tx) => {
      await assertConnector(tx, connector);
      const found = await findValue(tx, connector.teamId, indicatorId);
      const { id: connectorId, teamId } = connector;
      await tx.gateOverride.create({
        data: {
          ...{ connectorId, teamId, indicatorId: found.id, reason },
          ...{ createdBy: actor.userId, createdByName: asDoer(actor).name },
        },
        select: { id: true },
      });
      await noteLetThrough(tx, actor, connector, {
        action: "gate.override",
        detail: { indicator: indicatorId, value: found.value, reason },
      });
    });
  } catch (cause) {
    if (brokenConstraint(cause) === null) throw cause;
    throw new AppError("conflict", "It is let through already.", { cause });
  }
  await relayOutbox();
};

const findValue = async (
  tx: Tx,
  teamId: string,
  indicatorId: string,
): Promise<{ id: bigint; value: string }> => {
  const [found] = await tx.$queryRaw<{ id: bigint; value: string }[]>`
    SELECT i.id, i.value FROM indicator i WHERE i.key = ${indicatorId}::uuid AND EXISTS (
      SELECT FROM team_indicator t WHERE t.team_id = ${teamId}::uuid AND t.active AND (t.indicator_id = i.id
        OR t.indicator_id IN (SELECT network_id FROM network_address part WHERE part.indicator_id = i.id)))`;
  if (!found) throw new AppError("not_found", "The team has no such indicator.");
  return found;
};
