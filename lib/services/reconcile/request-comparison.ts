import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import { IS_READABLE } from "@/lib/db/queries/is-readable";
import type { Tx } from "@/lib/db/client";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { readComparison } from "@/lib/domain/delivery/comparison";
import { AppError } from "@/lib/domain/errors";
import { connectorReconcile } from "@/lib/jobs/connector-reconcile.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { noConnector } from "@/lib/services/connectors/get-connector";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

/** Each costs requests that all who share the application count against: a tenant is read in two, a workspace in many. */
const MIN_PAUSE_SECONDS: Readonly<Record<ConnectorKind, number>> = { defender: 15, sentinel: 60 };

type Connector = { id: string; teamId: string };

/**
 * Has a connector's destination compared at once with what was sent; where something is being sent there, as soon as that ended.
 * Gives `running` where one is under way, which is left to it. Throws `conflict` for a connector that is paused or cannot read, and
 * `throttled` where the last one was just now.
 */
export const requestComparison = async (
  actor: Actor,
  { id, teamId }: Connector,
): Promise<{ state: "asked" | "running" }> => {
  const state = await asTeam(teamId, async (tx) => {
    const connector = await lockConnector(tx, { id, teamId });
    const { state: known } = readComparison({ ...connector, reconcileFound: null }, connector.now);
    if (known === "running") return known;
    if (known === "idle") {
      assertPause(connector);
      await ask(tx, actor, { id, teamId });
    }
    // Announced once more where somebody asked already: the job may be lost.
    await announce(tx, connectorReconcile, { connectorId: id });
    return "asked" as const;
  });
  await relayOutbox();
  return { state };
};

type Row = {
  name: string;
  kind: ConnectorKind;
  enabled: boolean;
  isReadable: boolean;
  reconcileAskedAt: Date | null;
  reconcileAskedBy: string | null;
  reconcilingSince: Date | null;
  triedAt: Date | null;
  now: Date;
};

const lockConnector = async (tx: Tx, { id, teamId }: Connector): Promise<Row> => {
  const [row] = await tx.$queryRaw<Row[]>`
    SELECT c.name, c.kind::text, c.enabled, ${Prisma.raw(IS_READABLE)} AS "isReadable", c.reconcile_asked_at AS "reconcileAskedAt",
      c.reconcile_asked_by AS "reconcileAskedBy", c.reconciling_since AS "reconcilingSince",
      c.reconcile_tried_at AS "triedAt", clock_timestamp() AS now
    FROM connector c WHERE c.id = ${id}::uuid AND c.team_id = ${teamId}::uuid AND c.deleted_at IS NULL FOR UPDATE`;
  if (!row) throw noConnector();
  if (!row.isReadable)
    throw new AppError(
      "conflict",
      `“${row.name}” cannot read its workspace back: add its subscription, resource group and workspace name.`,
    );
  if (!row.enabled) throw new AppError("conflict", `“${row.name}” is paused. Let it go on to compare.`);
  return row;
};

const assertPause = ({ kind, triedAt, now }: Row): void => {
  const agoSeconds = triedAt === null ? Infinity : (now.getTime() - triedAt.getTime()) / 1_000;
  const waitSeconds = Math.ceil(MIN_PAUSE_SECONDS[kind] - agoSeconds);
  if (waitSeconds <= 0) return;
  throw new AppError(
    "throttled",
    `It was compared just now. Try again in ${waitSeconds === 1 ? "1 second" : `${String(waitSeconds)} seconds`}.`,
    { retry: "later", context: { retryAfterSeconds: waitSeconds } },
  );
};

const ask = async (tx: Tx, actor: Actor, { id, teamId }: Connector): Promise<void> => {
  await tx.$executeRaw`
    UPDATE connector SET reconcile_asked_at = clock_timestamp(), reconcile_asked_by = ${actor.name} WHERE id = ${id}::uuid`;
  const subject = { type: "connector", id };
  await recordAudit(tx, { teamId, doer: asDoer(actor), action: "connector.compare", subject, detail: {} });
};
