import "server-only";

import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { daysLeft, dueThreshold, EXPIRY_THRESHOLDS_DAYS } from "@/lib/domain/connector/credential-life";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { checkSecretEnd } from "./check-secret-end";
import { readConnectorAccess, type ConnectorAccess } from "./open-connector";

/** Asks Entra ID once a day when secrets end, and announces what ends soon: each threshold once, in the team's activity and the log. */
export const watchCredentials = async (now: Date): Promise<{ asked: number; announced: number }> => {
  const due = await takeUnasked(now);
  for (const credential of due) {
    const access = await openOrNull(credential);
    if (access !== null && !(await checkSecretEnd(access))) await askSooner(credential, now);
  }
  return { asked: due.length, announced: await announceEnds(now) };
};

type Due = { id: string; connectorId: string };

/** Some that were not asked about for a day, marked as asked, so that two workers never ask for the same. */
const takeUnasked = (now: Date): Promise<Due[]> =>
  asSystem(
    "scheduling",
    (tx) => tx.$queryRaw<Due[]>`
      UPDATE credential SET expiry_checked_at = ${now} WHERE id IN (
        SELECT x.id FROM credential x JOIN connector c ON c.id = x.connector_id
        WHERE x.kind = 'secret' AND x.state IN ('active', 'staged') AND c.deleted_at IS NULL
          AND (x.expiry_checked_at IS NULL OR x.expiry_checked_at < ${now}::timestamptz - interval '1 day')
        ORDER BY x.expiry_checked_at NULLS FIRST LIMIT ${MAX_ASKED} FOR UPDATE OF x SKIP LOCKED)
      RETURNING id, connector_id AS "connectorId"`,
  );

const openOrNull = async ({ id, connectorId }: Due): Promise<ConnectorAccess | null> => {
  try {
    return await asSystem("scheduling", (tx) => readConnectorAccess(tx, connectorId, id));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Its key is gone, or it was replaced in this moment; the next push says so to those whom it concerns.
    logger.warn({ connectorId, err: error }, "A credential could not be opened to ask when it ends");
    return null;
  }
};

const askSooner = ({ id }: Due, now: Date): Promise<unknown> =>
  asSystem("scheduling", (tx) =>
    tx.credential.updateMany({
      where: { id },
      data: { expiryCheckedAt: new Date(now.getTime() - 23 * HOUR_MS) },
    }),
  );

const announceEnds = (now: Date): Promise<number> =>
  asSystem("scheduling", async (tx) => {
    const last = new Date(now.getTime() + EXPIRY_THRESHOLDS_DAYS[0] * 24 * HOUR_MS);
    const rows = await tx.$queryRaw<EndingRow[]>`
      SELECT x.id, x.connector_id AS "connectorId", x.team_id AS "teamId", x.kind, x.expires_at AS "expiresAt",
        x.announced_days AS "announcedDays", c.name
      FROM credential x JOIN connector c ON c.id = x.connector_id
      WHERE x.state = 'active' AND x.expires_at <= ${last} AND c.deleted_at IS NULL
        AND (x.announced_days IS NULL OR x.announced_days > 0)
      FOR UPDATE OF x SKIP LOCKED`;
    let announced = 0;
    for (const row of rows) {
      const threshold = dueThreshold(row.expiresAt, row.announcedDays, now);
      if (threshold === null) continue;
      await announceEnd(tx, row, threshold, now);
      announced += 1;
    }
    return announced;
  });

type EndingRow = {
  id: string;
  connectorId: string;
  teamId: string;
  kind: string;
  expiresAt: Date;
  announcedDays: number | null;
  name: string;
};

const announceEnd = async (tx: Tx, row: EndingRow, threshold: number, now: Date): Promise<void> => {
  const { id, connectorId, teamId, kind, expiresAt, name } = row;
  await tx.credential.update({ where: { id }, data: { announcedDays: threshold }, select: { id: true } });
  const days = daysLeft(expiresAt, now);
  const detail = { name, kind, threshold, daysLeft: days, expiresAt: expiresAt.toISOString() };
  const action = expiresAt <= now ? "credential.expired" : "credential.expiring";
  const subject = { type: "connector", id: connectorId };
  await recordAudit(tx, { teamId, doer: SYSTEM, action, subject, detail }, now);
  logger.warn({ connectorId, teamId, kind, daysLeft: days }, "A connector's credential ends");
};

const MAX_ASKED = 20;
const HOUR_MS = 3_600_000;
