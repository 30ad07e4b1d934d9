import "server-only";

import { askSecretEnd } from "@/lib/connectors/registry";
import { asSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import {
  announcedAfterMove,
  daysLeft,
  dueThreshold,
  EXPIRY_THRESHOLDS_DAYS,
} from "@/lib/domain/connector/credential-life";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { applicationOf } from "./open-connector";
import { readReaderAccess } from "./open-reader";

/** The same for destinations' own credentials as `watchCredentials` does for connectors': asked once a day, announced at each threshold. */
export const watchReaders = async (now: Date): Promise<{ asked: number; announced: number }> => {
  const due = await takeUnasked(now);
  for (const { destinationId } of due) await checkEnd(destinationId, now);
  return { asked: due.length, announced: await announceEnds(now) };
};

/** Marked as asked, so that two workers never ask for the same. */
const takeUnasked = (now: Date): Promise<{ destinationId: string }[]> =>
  asSystem(
    "scheduling",
    (tx) => tx.$queryRaw<{ destinationId: string }[]>`
      UPDATE destination_reader SET expiry_checked_at = ${now} WHERE id IN (
        SELECT id FROM destination_reader
        WHERE kind = 'secret' AND (expiry_checked_at IS NULL OR expiry_checked_at < ${now}::timestamptz - interval '1 day')
        ORDER BY expiry_checked_at NULLS FIRST LIMIT ${MAX_ASKED} FOR UPDATE SKIP LOCKED)
      RETURNING destination_id AS "destinationId"`,
  );

const checkEnd = async (destinationId: string, now: Date): Promise<void> => {
  try {
    const access = await readReaderAccess(destinationId);
    if (access?.credential.kind !== "secret") return;
    const { readerId, keyId, credential } = access;
    const end = await askSecretEnd(applicationOf(access), { keyId, secret: credential.secret });
    if (end.status !== "found") return;
    await asSystem("scheduling", async (tx) => {
      const where = { id: readerId };
      const before = await tx.destinationReader.findUnique({
        where,
        select: { expiresAt: true, announcedDays: true },
      });
      const { expiresAt } = end;
      const moved = {
        ...{ before: before?.expiresAt ?? null, after: expiresAt },
        announced: before?.announcedDays ?? null,
      };
      const announcedDays = announcedAfterMove(moved, now);
      await tx.destinationReader.updateMany({
        where,
        data: { expiresAt, expirySource: "entra", keyId: end.keyId, announcedDays },
      });
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // A person's word, or none, stands until tomorrow; that it cannot be opened is told where it is used.
    logger.info(
      { destinationId, err: error },
      "Microsoft Graph did not say when a destination's secret ends",
    );
  }
};

const announceEnds = (now: Date): Promise<number> =>
  asSystem("scheduling", async (tx) => {
    const last = new Date(now.getTime() + EXPIRY_THRESHOLDS_DAYS[0] * DAY_MS);
    const rows = await tx.$queryRaw<EndingRow[]>`
      SELECT id, destination_id AS "destinationId", kind, expires_at AS "expiresAt", announced_days AS "announcedDays"
      FROM destination_reader
      WHERE expires_at <= ${last} AND (announced_days IS NULL OR announced_days > 0) FOR UPDATE SKIP LOCKED`;
    let announced = 0;
    for (const { id, destinationId, kind, expiresAt, announcedDays } of rows) {
      const threshold = dueThreshold(expiresAt, announcedDays, now);
      if (threshold === null) continue;
      announced += 1;
      await tx.destinationReader.update({
        where: { id },
        data: { announcedDays: threshold },
        select: { id: true },
      });
      const days = daysLeft(expiresAt, now);
      const action = expiresAt <= now ? "reader.expired" : "reader.expiring";
      const subject = { type: "destination", id: destinationId };
      const detail = { kind, threshold, daysLeft: days, expiresAt: expiresAt.toISOString() };
      await recordAudit(tx, { teamId: null, doer: SYSTEM, action, subject, detail }, now);
      logger.warn({ destinationId, kind, daysLeft: days }, "A destination's credential ends");
    }
    return announced;
  });

type EndingRow = {
  id: string;
  destinationId: string;
  kind: string;
  expiresAt: Date;
  announcedDays: number | null;
};

const MAX_ASKED = 20;
const DAY_MS = 86_400_000;
