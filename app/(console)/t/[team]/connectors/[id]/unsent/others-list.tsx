import { ForeignTable } from "@/components/connectors/foreign-table";
import { TakingOverNote } from "@/components/connectors/taking-over-note";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { FilterSelect } from "@/components/data-table/filter-select";
import { FilterText } from "@/components/data-table/filter-text";
import { SearchBox } from "@/components/data-table/search-box";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-number";
import type { TeamAccess } from "@/lib/domain/access/actor";
import { ACTIONS, actionWords, type Action } from "@/lib/domain/connector/actions";
import { INDICATOR_TYPE_LABELS, INDICATOR_TYPES, type IndicatorType } from "@/lib/domain/indicator/types";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listForeign } from "@/lib/services/reconcile/list-foreign";

import { DownloadLinks } from "./download-links";
import { toQuery } from "./to-query";

type Props = {
  team: TeamAccess;
  connector: ConnectorView;
  path: string;
  asked: {
    q?: string | undefined;
    type?: IndicatorType | undefined;
    action?: Action | undefined;
    maker?: string | undefined;
    wanted?: "true" | undefined;
    cursor?: string | undefined;
  };
  /** Null where no application of the team sees the whole tenant. */
  counts: { count: number; wanted: number } | null;
};

const PAGE_SIZE = 50;

/** What others made in the tenant, a page at a time. */
export const OthersList = async ({ team, connector, path, asked, counts }: Props) => {
  if (counts === null) return <Unseen isUnread={connector.lookedAt === null} />;
  const { q, type, action, maker, wanted, cursor } = asked;
  const filter = { q, type, action, maker, wanted };
  const { records, next } = await listForeign(
    { id: connector.id, teamId: team.id },
    { ...filter, wanted: wanted === "true", limit: PAGE_SIZE, after: cursor ?? null },
  );
  const shown = { of: "others", ...filter };
  return (
    <div className="space-y-4">
      <TakingOverNote />
      <div className="flex flex-wrap items-center gap-3">
        <SearchBox label="Find a value" placeholder="Part of a value" />
        <FilterText param="maker" label="Made by" placeholder="Part of a name" />
        <FilterSelect
          param="type"
          label="Type"
          options={INDICATOR_TYPES.map((one) => ({ value: one, label: INDICATOR_TYPE_LABELS[one] }))}
        />
        <FilterSelect
          param="action"
          label="Action"
          options={ACTIONS.map((one) => ({ value: one, label: actionWords(one) }))}
        />
        <FilterSelect
          param="wanted"
          label="Your team"
          options={[{ value: "true", label: `Has it too (${String(counts.wanted)})` }]}
        />
        <DownloadLinks of="foreign" connectorId={connector.id} filter={filter} />
      </div>
      <Card>
        <ForeignTable rows={records} base={`/t/${team.slug}`} />
      </Card>
      <CursorPagination
        summary={`${formatCount(records.length, "record")} on this page`}
        firstHref={cursor === undefined ? undefined : `${path}${toQuery(shown)}`}
        nextHref={next === null ? undefined : `${path}${toQuery({ ...shown, cursor: next })}`}
      />
    </div>
  );
};

const Unseen = ({ isUnread }: { isUnread: boolean }) =>
  isUnread ? (
    <Callout tone="info" title="Not read yet." role="note">
      What others hold there is read with the first comparison.
    </Callout>
  ) : (
    <Callout tone="info" title="This application sees its own records alone." role="note">
      What others hold is shown where an application of your team may read all indicators of the tenant.
      Without that it can neither see nor change them.
    </Callout>
  );
