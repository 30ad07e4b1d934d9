import "server-only";

import type { PoolClient } from "pg";

import { openCopy, type CopyValue } from "@/lib/db/copy";

import type { Settlement } from "./settle-items";

const COLUMNS = [
  "indicator_id",
  "record_id",
  "state",
  "reason",
  "claim",
  "others",
  "stix_id",
  "awaited_id",
  "ended_id",
  "is_written",
  "is_left",
  "is_revoked",
  "moves",
  "record_state",
  "owner_connector_id",
  "remote_id",
  "content_hash",
  "action",
  "severity",
  "expires_at",
  "modified_at",
  "refused_hash",
] as const;

/** What is staged, in a statement: as JSON each of the statements would read it again. */
export const STAGED = "batch_stage s";

/** Makes what became of a batch a table until the transaction ends. */
export const stageSettlements = async (
  client: PoolClient,
  settlements: readonly Settlement[],
): Promise<void> => {
  // Once for each connection: a table made and dropped with every batch would fill the catalog.
  await client.query(
    `CREATE TEMPORARY TABLE IF NOT EXISTS batch_stage (
       indicator_id bigint, record_id uuid, state push_item_state, reason text, claim text, others text, stix_id text,
       awaited_id text, ended_id text, is_written boolean, is_left boolean, is_revoked boolean, moves boolean, record_state record_state,
       owner_connector_id uuid, remote_id text, content_hash bytea, action text, severity text, expires_at timestamptz,
       modified_at timestamptz, refused_hash bytea
     ) ON COMMIT DELETE ROWS`,
  );
  const copy = openCopy(client, "batch_stage", COLUMNS);
  for (const settlement of settlements) {
    const written = copy.write(toRow(settlement));
    if (written) await written;
  }
  await copy.end();
};

const toRow = ({ record, ...settlement }: Settlement): CopyValue[] => {
  const { indicatorId, recordId, state, reason, claim, others, stixId, awaitedId, endedId } = settlement;
  const hash = record?.contentHash;
  return [
    ...[indicatorId, recordId, state, reason, claim, others, stixId, awaitedId, endedId],
    ...[record !== null, settlement.isLeft, settlement.isRevoked, settlement.moves],
    ...[record?.state ?? null, record?.ownerConnectorId ?? null, record?.remoteId ?? null],
    hash ? `\\x${hash.toString("hex")}` : null,
    ...[record?.action ?? null, record?.severity ?? null, record?.expiresAt ?? null],
    record?.modifiedAt ?? null,
    settlement.refusedHash === null ? null : `\\x${settlement.refusedHash}`,
  ];
};
