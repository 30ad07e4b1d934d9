import "server-only";

import type { Tx } from "@/lib/db/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { countFailures, NO_FAILURES, type Failures } from "@/lib/services/delivery/count-failures";
import { readStops } from "@/lib/services/delivery/delivery-stop";
import { readUnderWay } from "@/lib/services/delivery/read-under-way";
import { readOpenStrangers } from "@/lib/services/reconcile/list-strangers";
import { NO_DRIFT, readDrift, type DriftCounts } from "@/lib/services/reconcile/read-drift";

import { CONNECTOR_SELECT, toConnectorView, type ConnectorView } from "./connector-view";
import { CREDENTIAL_SELECT, toCredentialView, type CredentialView } from "./credential-view";

export type ConnectorWithHealth = ConnectorView & {
  credential: CredentialView | null;
  lastPush: {
    id: string;
    state: string;
    queuedAt: Date;
    finishedAt: Date | null;
    message: string | null;
    /** Since when it waits for its destination. */
    waitingSince: Date | null;
  } | null;
  /** Since when one of its pushes waits for the destination, the longest of them. */
  waitingSince: Date | null;
  /** A push stopped that has still something to send, or after which nothing was pushed. */
  hasStopped: boolean;
  /** How many of the connector's indicators stand at the destination, by its own answers. */
  live: number;
  /** How many of these were read back. */
  visible: number;
  failed: number;
  /** By what they leave behind. */
  failures: Failures;
  drift: DriftCounts;
  /** How much its application made there that nobody here knows of and nobody decided about. */
  openStrangers: number;
};

type Options = { teamIds: readonly string[]; limit: number; after: string | null };

/** The connectors of the given teams with how they fare, oldest first. */
export const listConnectors = async (
  actor: Actor,
  { teamIds, limit, after }: Options,
): Promise<{ connectors: ConnectorWithHealth[]; next: string | null }> =>
  asActor(actor, async (tx) => {
    const rows = await tx.connector.findMany({
      where: { teamId: { in: [...teamIds] }, deletedAt: null, ...(after !== null && { id: { gt: after } }) },
      orderBy: { id: "asc" },
      take: limit + 1,
      select: CONNECTOR_SELECT,
    });
    const page = rows.slice(0, limit);
    const ids = page.map(({ id }) => id);
    const healths = await readHealth(tx, ids, teamIds);
    const stops = await readStops(tx, ids);
    const connectors = page.map((row) => ({
      ...toConnectorView(row, stops.get(row.id) ?? null),
      ...(healths.get(row.id) ?? NOTHING_YET),
    }));
    return { connectors, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  });

type Health = Omit<ConnectorWithHealth, keyof ConnectorView>;
const NOTHING_YET: Health = {
  credential: null,
  lastPush: null,
  waitingSince: null,
  hasStopped: false,
  live: 0,
  visible: 0,
  failed: 0,
  failures: NO_FAILURES,
  drift: NO_DRIFT,
  openStrangers: 0,
};

/** What happened lately at each of the connectors: newest push, what stands, what failed, the secret's age. */
const readHealth = async (
  tx: Tx,
  connectorIds: readonly string[],
  teamIds: readonly string[],
): Promise<ReadonlyMap<string, Health>> => {
  const where = { connectorId: { in: [...connectorIds] }, teamId: { in: [...teamIds] } };
  const credentials = await tx.credential.findMany({
    where: { ...where, state: "active" },
    select: { connectorId: true, ...CREDENTIAL_SELECT },
  });
  // Prisma's own `distinct` would read every push there ever was.
  const newest = await tx.$queryRaw<{ id: string }[]>`
    SELECT p.id FROM unnest(${connectorIds}::uuid[]) AS c (id)
    CROSS JOIN LATERAL (SELECT id FROM push WHERE connector_id = c.id ORDER BY queued_at DESC LIMIT 1) p`;
  const pushes = await tx.push.findMany({
    where: { ...where, id: { in: newest.map(({ id }) => id) } },
    select: {
      connectorId: true,
      ...{ id: true, state: true, queuedAt: true, finishedAt: true, message: true, waitingSince: true },
    },
  });
  const underWay = await readUnderWay(tx, teamIds);
  const claims = await tx.claim.groupBy({ by: ["connectorId"], where, _count: true });
  const visible = await tx.receipt.groupBy({
    by: ["connectorId"],
    where: { ...where, state: "visible" },
    _count: true,
  });
  const failed = await countFailures(tx, { connectorIds, teamIds });
  const drifts = await readDrift(tx, { connectorIds, teamIds });
  const strangers = await readOpenStrangers(tx, { connectorIds, teamIds });
  return new Map(
    connectorIds.map((id) => {
      const credential = credentials.find(({ connectorId }) => connectorId === id);
      const push = pushes.find(({ connectorId }) => connectorId === id);
      const failures = failed.get(id) ?? NO_FAILURES;
      const { refused, standing, unanswered, leftOut, lost } = failures;
      const open = underWay.filter(({ connectorId }) => connectorId === id);
      return [
        id,
        {
          credential: credential ? toCredentialView(credential) : null,
          lastPush: push ? toLastPush(push) : null,
          waitingSince: earliest(open.flatMap(({ waitingSince }) => waitingSince ?? [])),
          hasStopped: open.some(({ state }) => state === "stopped"),
          live: claims.find(({ connectorId }) => connectorId === id)?._count ?? 0,
          visible: visible.find(({ connectorId }) => connectorId === id)?._count ?? 0,
          failed: refused + standing + unanswered + leftOut + lost,
          failures,
          drift: drifts.get(id) ?? NO_DRIFT,
          openStrangers: strangers.get(id) ?? 0,
        },
      ];
    }),
  );
};

const earliest = ([first, ...others]: readonly Date[]): Date | null =>
  first === undefined
    ? null
    : others.reduce((earlier, one) => (one.getTime() < earlier.getTime() ? one : earlier), first);

type LastPush = NonNullable<Health["lastPush"]>;
const toLastPush = ({ id, state, queuedAt, finishedAt, message, waitingSince }: LastPush): LastPush => ({
  id,
  state,
  queuedAt,
  finishedAt,
  message,
  waitingSince,
});
