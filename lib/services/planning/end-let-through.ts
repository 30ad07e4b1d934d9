import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { noteLetThrough, type Own } from "./note-let-through";
import { assertConnector } from "@/lib/services/delivery/own-connector";

/**
 * Takes back that a value is let through: the gate judges it again, also where it is blocked by now. Throws `not_found` for one that is
 * not let through.
 */
export const endLetThrough = async (
  actor: Actor,
  connector: Own,
  { indicatorId }: { indicatorId: string },
): Promise<void> => {
  await asTeam(connector.teamId, async (tx) => {
    await assertConnector(tx, connector);
    const ended = await tx.$queryRaw<{ value: string }[]>`
      UPDATE gate_override o SET lifted_at = now(), lifted_by_name = ${asDoer(actor).name}
      FROM indicator i WHERE i.id = o.indicator_id AND i.key = ${indicatorId}::uuid AND o.connector_id = ${connector.id}::uuid
        AND o.team_id = ${connector.teamId}::uuid AND o.lifted_at IS NULL RETURNING i.value`;
    const [one] = ended;
    if (!one) throw new AppError("not_found", "It is not let through. Load the page anew.");
    await noteLetThrough(tx, actor, connector, {
      action: "gate.override-end",
      detail: { indicator: indicatorId, value: one.value },
    });
  });
  await relayOutbox();
};
