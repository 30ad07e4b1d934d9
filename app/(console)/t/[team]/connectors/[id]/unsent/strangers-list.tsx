import { StrangerBar } from "@/components/connectors/drift-bar";
import { STRANGER_STATE_WORDS } from "@/components/connectors/drift-words";
import { RemovalNote } from "@/components/connectors/removal-note";
import { StrangersTable } from "@/components/connectors/strangers-table";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { FilterSelect } from "@/components/data-table/filter-select";
import { SearchBox } from "@/components/data-table/search-box";
import { SelectionFrame } from "@/components/indicators/selection";
import { Card, CardBody } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-number";
import { can, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listOtherConnectors } from "@/lib/services/connectors/list-other-connectors";
import {
  getStrangerRemoval,
  listStrangers,
  STRANGER_STATES,
  type StrangerCounts,
  type StrangerFilter,
} from "@/lib/services/reconcile/list-strangers";

import { decideStrangersAction, removeStrangersAction } from "../../drift-actions";
import { DownloadLinks } from "./download-links";
import { toQuery } from "./to-query";

type Props = {
  actor: Actor;
  team: TeamAccess;
  connector: ConnectorView;
  path: string;
  asked: StrangerFilter & { cursor?: string | undefined };
  counts: StrangerCounts;
};

const PAGE_SIZE = 50;
const NAMED = 20;

/** What the connector's application made there and nobody here knows of, a page at a time, with what can be decided. */
export const StrangersList = async ({ actor, team, connector, path, asked, counts }: Props) => {
  const own = { id: connector.id, teamId: team.id };
  const filter = { q: asked.q, state: asked.state };
  const [{ strangers, next }, removal, { strangers: marked }, elsewhere] = await Promise.all([
    listStrangers(own, { ...filter, limit: PAGE_SIZE, after: asked.cursor ?? null }),
    getStrangerRemoval(own),
    listStrangers(own, { state: "marked", limit: NAMED, after: null }),
    listOtherConnectors(own),
  ]);
  const mayApply = can(actor, "push.apply", team.id);
  const values = { team: team.slug, id: connector.id };
  const isFiltered = asked.q !== undefined || asked.state !== undefined;
  return (
    <div className="space-y-4">
      {removal.count > 0 && (
        <RemovalNote
          named={marked}
          removal={removal}
          start={mayApply ? { action: removeStrangersAction, values } : null}
        />
      )}
      <div className="flex flex-wrap items-center gap-3">
        <SearchBox label="Find a value" placeholder="Part of a value" />
        <FilterSelect
          param="state"
          label="What becomes of it"
          options={STRANGER_STATES.map((state) => ({
            value: state,
            label: `${STRANGER_STATE_WORDS[state]} (${String(counts[state])})`,
          }))}
        />
        <DownloadLinks of="strangers" connectorId={connector.id} filter={filter} />
      </div>
      <SelectionFrame key={JSON.stringify(strangers.map(({ remoteId, state }) => [remoteId, state]))}>
        <Card>
          <CardBody className="space-y-3">
            {mayApply && strangers.length > 0 && (
              <StrangerBar
                action={decideStrangersAction}
                values={values}
                // What is meant by all is all there is: not while only a part of it is shown.
                waiting={isFiltered ? 0 : counts.open}
                mayAdopt={can(actor, "indicator.write", team.id)}
                elsewhere={elsewhere}
              />
            )}
            {strangers.length === 0 && (
              <p className="text-muted text-sm">
                {isFiltered
                  ? "Nothing there is like that."
                  : connector.reconciledAt === null
                    ? "Not compared yet."
                    : "Nothing: all that this application made there is known here."}
              </p>
            )}
            <StrangersTable rows={strangers} canDecide={mayApply} clientId={connector.clientId} />
          </CardBody>
        </Card>
      </SelectionFrame>
      <CursorPagination
        summary={`${formatCount(strangers.length, "record")} on this page`}
        firstHref={asked.cursor === undefined ? undefined : `${path}${toQuery(filter)}`}
        nextHref={next === null ? undefined : `${path}${toQuery({ ...filter, cursor: next })}`}
      />
    </div>
  );
};
