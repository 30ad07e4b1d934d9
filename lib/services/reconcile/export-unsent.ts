import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { exportRows, pagesOf, type Cells, type RowFormat } from "@/lib/services/indicators/export-rows";

import { listForeign, type ForeignFilter } from "./list-foreign";
import { listStrangers, type StrangerFilter } from "./list-strangers";

/** What stands at a destination and Sluice did not send: made by the connector's own application, or by others. */
export type UnsentList = "strangers" | "foreign";

type Connector = { id: string; teamId: string };
type Options = { list: UnsentList; format: RowFormat; filter: StrangerFilter & ForeignFilter };

const PAGE = 1_000;

/** What stands at a connector's destination and Sluice did not send, as a file in pieces. Values are canonical and live. */
export const exportUnsent = (
  actor: Actor,
  connector: Connector,
  { list, format, filter }: Options,
): AsyncGenerator<string, void, undefined> =>
  exportRows({
    ...{ format, name: "records", columns: COLUMNS[list], pages: PAGES[list](connector, filter) },
    note: () => noteExport(actor, connector, { list, format }),
  });

const PAGES: Readonly<
  Record<UnsentList, (connector: Connector, filter: Options["filter"]) => ReturnType<typeof pagesOf<Cells>>>
> = {
  strangers: (connector, filter) =>
    pagesOf(async (after) => {
      const { strangers, next } = await listStrangers(connector, { ...filter, limit: PAGE, after });
      return { rows: strangers, next };
    }),
  foreign: (connector, filter) =>
    pagesOf(async (after) => {
      const { records, next } = await listForeign(connector, { ...filter, limit: PAGE, after });
      return { rows: records, next };
    }),
};

const noteExport = (
  actor: Actor,
  { id, teamId }: Connector,
  detail: { list: UnsentList; format: RowFormat },
): Promise<void> =>
  asTeam(teamId, (tx) =>
    recordAudit(tx, {
      ...{ teamId, doer: asDoer(actor), action: "connector.export", detail },
      subject: { type: "connector", id },
    }),
  );

const COLUMNS: Readonly<Record<UnsentList, string[]>> = {
  strangers: [
    ...["remoteId", "type", "value", "action", "severity", "title", "description", "expiresAt"],
    ...[
      "changedBy",
      "changedAt",
      "isDuplicate",
      "foundAt",
      "state",
      "decidedBy",
      "decidedAt",
      "problem",
      "goneAt",
    ],
  ],
  foreign: [
    ...["remoteId", "indicatorId", "type", "value", "action", "deviceGroups", "maker", "makerName"],
    ...["seenAt", "isWanted"],
  ],
};
