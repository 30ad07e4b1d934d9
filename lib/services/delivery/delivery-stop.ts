import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { STOP_KEY } from "@/lib/db/queries/waiting-pushes";
import { asSystem, bulkAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { utcMinute } from "@/lib/domain/utc";

/** Who switched sending off, when and why. */
export type Stop = { at: Date; by: string; reason: string };

/** Why nothing may be sent by a connector now, for whoever looks at its push; null where it may. */
export const readStop = async (client: PoolClient, connectorId: string): Promise<string | null> => {
  const { rows } = await client.query<{ everywhere: unknown; own: unknown }>(
    `SELECT (SELECT value FROM setting WHERE key = $2) AS everywhere,
       (SELECT jsonb_build_object('at', at, 'by', by, 'reason', reason) FROM connector_stop WHERE connector_id = $1) AS own`,
    [connectorId, STOP_KEY],
  );
  const everywhere = storedStopSchema.parse(rows[0]?.everywhere ?? null);
  if (everywhere) return describe("Sending is switched off for all destinations", everywhere);
  const own = storedStopSchema.parse(rows[0]?.own ?? null);
  return own && describe("Sending is switched off for this connector", own);
};

/** Throws while a connector's sending is switched off. To be asked right before a request leaves. */
export const assertNotStopped = async (client: PoolClient, connectorId: string): Promise<void> => {
  const reason = await readStop(client, connectorId);
  if (reason !== null) throw new AppError("conflict", reason, { retry: "later", context: { isStop: true } });
};

/** Whether a request did not leave because sending is switched off. */
export const isStop = ({ context }: AppError): boolean => context["isStop"] === true;

/** As `assertNotStopped`, in a transaction of its own. */
export const mayLeave = (connectorId: string) => (): Promise<void> =>
  bulkAsSystem("delivery", (client) => assertNotStopped(client, connectorId));

/** Those of the connectors whose sending is switched off. */
export const readStops = async (
  tx: Tx,
  connectorIds: readonly string[],
): Promise<ReadonlyMap<string, Stop>> => {
  const rows = await tx.connectorStop.findMany({
    where: { connectorId: { in: [...connectorIds] } },
    select: { connectorId: true, at: true, by: true, reason: true },
  });
  return new Map(rows.map(({ connectorId, ...stop }) => [connectorId, stop]));
};

/** What stops all sending of the installation; null while nothing does. */
export const readStopOfAll = async (tx: Tx): Promise<Stop | null> => {
  const row = await tx.setting.findUnique({ where: { key: STOP_KEY }, select: { value: true } });
  return storedStopSchema.parse(row?.value ?? null);
};

/** As `readStopOfAll`, for a page that tells a team why nothing leaves. */
export const getStopOfAll = (): Promise<Stop | null> => asSystem("delivery", readStopOfAll);

const storedStopSchema = z.object({ at: z.coerce.date(), by: z.string(), reason: z.string() }).nullable();

const describe = (what: string, { at, by, reason }: Stop): string =>
  `${what}, by ${by} at ${utcMinute(at)}: “${reason}” It goes on by itself when sending is switched on again.`;
