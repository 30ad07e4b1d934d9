import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ReceiptState } from "@/lib/domain/delivery/receipt-states";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { exportRows, pagesOf, type RowFormat } from "@/lib/services/indicators/export-rows";

import { listReceipts, type ReceiptView } from "./list-receipts";

type Connector = { id: string; teamId: string };
type Options = { format: RowFormat; state?: ReceiptState | undefined };

const PAGE = 1_000;

/** A connector's receipts, or those in one state, as a file in pieces. Values are canonical and live. */
export const exportReceipts = (
  actor: Actor,
  connector: Connector,
  { format, state }: Options,
): AsyncGenerator<string, void, undefined> =>
  exportRows({
    ...{ format, name: "receipts", columns: COLUMNS, toColumns },
    note: () => noteExport(actor, connector, { format, state }),
    pages: pagesOf(async (after) => {
      const { receipts, next } = await listReceipts(connector, { state, limit: PAGE, after });
      return { rows: receipts, next };
    }),
  });

const noteExport = (actor: Actor, { id, teamId }: Connector, { format, state }: Options): Promise<void> =>
  asTeam(teamId, (tx) =>
    recordAudit(tx, {
      ...{ teamId, doer: asDoer(actor), action: "connector.export" },
      detail: { list: "receipts", format, ...(state !== undefined && { state }) },
      subject: { type: "connector", id },
    }),
  );

const COLUMNS = [
  ...["indicatorId", "type", "value", "state", "reason", "remoteId", "stixId", "pushId", "sentAt"],
  ...["acceptedAt", "visibleAt", "visibleAfterSeconds", "goneAt", "expiresAt", "drift"],
  ...["actionStanding", "severityStanding", "expiresAtStanding", "standingWith"],
];

const toColumns = ({ standing, ...receipt }: ReceiptView) => ({
  ...receipt,
  actionStanding: standing?.action,
  severityStanding: standing?.severity,
  expiresAtStanding: standing?.expiresAt,
  standingWith: standing?.others,
});
