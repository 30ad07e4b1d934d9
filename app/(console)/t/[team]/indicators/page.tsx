import { Plus, Radar, SearchX } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";

import { BulkBar } from "@/components/indicators/bulk-bar";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { ExportMenu } from "@/components/indicators/export-menu";
import { IndicatorFilters } from "@/components/indicators/indicator-filters";
import { IndicatorTable } from "@/components/indicators/indicator-table";
import { describeSearch, type SearchWords } from "@/components/indicators/search-words";
import { SelectionFrame } from "@/components/indicators/selection";
import { ViewBar } from "@/components/saved-views/view-bar";
import { EmptyState } from "@/components/ui/empty-state";
import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { encodeCursor } from "@/lib/api/cursor";
import { requirePage } from "@/lib/auth/require-page";
import { can, type Actor } from "@/lib/domain/access/actor";
import { defang } from "@/lib/domain/indicator/defang";
import { USUAL_COLUMNS } from "@/lib/domain/indicator/list-view";
import { readSearch } from "@/lib/domain/indicator/search-query";
import { listFeedNames } from "@/lib/services/feeds/list-feed-names";
import { readBulkWaits } from "@/lib/services/bulk-changes/read-bulk-waits";
import { countIndicators } from "@/lib/services/indicators/count-indicators";
import { listIndicators, type ListedIndicator } from "@/lib/services/indicators/list-indicators";
import { listMembers } from "@/lib/services/people/list-members";
import { getListPreference, listSavedViews } from "@/lib/services/saved-views/list-views";

import { bulkChangeAction } from "../bulk-changes/actions";
import {
  findUnread,
  isMoreInForce,
  listHref,
  listParamsSchema,
  pageHrefs,
  toChips,
  toCursor,
  toFilter,
  toQuery,
  toSortHrefs,
  viewHref,
} from "./list-params";
import {
  createViewAction,
  deleteViewAction,
  setDefaultViewAction,
  setLooksAction,
  updateViewAction,
} from "./view-actions";

export const metadata: Metadata = { title: "Indicators" };

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const PAGE_SIZE = 50;
const MAX_FEEDS = 200;
const MAX_PEOPLE = 200;

/** The team's indicators: one found among millions, or all that match. */
export default async function IndicatorsPage({ params, searchParams }: Props) {
  const { actor, team } = await requirePage("indicator.read", (await params).team);
  const asked = await searchParams;
  const list = listParamsSchema.parse(asked);
  const teamIds = [team.id];
  const base = `/t/${team.slug}/indicators`;
  const [saved, preference] = await Promise.all([
    listSavedViews(actor, teamIds),
    getListPreference(actor, team.id),
  ]);
  const views = saved.map((view) => ({ ...view, href: viewHref(base, view) }));
  const opened = views.find(({ id }) => id === preference.viewId);
  // Only the bare address opens with the person's view: every other one says what it shows.
  if (opened && Object.keys(asked).length === 0) redirect(opened.href);
  const filter = toFilter(list);
  const query = list.q === undefined ? null : readSearch(list.q);
  const words = query && describeSearch(query);
  const [{ indicators, next }, total, feeds, people, waits] = await Promise.all([
    listIndicators(actor, { teamIds, filter, limit: PAGE_SIZE, cursor: toCursor(list) }),
    countIndicators(actor, { teamIds, filter }),
    listFeedNames(actor, { teamId: team.id, limit: MAX_FEEDS }),
    can(actor, "team.read", team.id) ? listPeople(actor, team.id) : [],
    readBulkWaits(actor, team.id),
  ]);
  const unread = findUnread(asked);
  // Who asked for less than is shown must not act on all of it.
  const mayChoose = can(actor, "indicator.write", team.id) && unread.length === 0;
  const chips = toChips(base, list, { feeds, people });
  const allHref = opened === undefined ? base : `${base}?view=none`;
  const clearHref = list.sort === "-addedAt" ? allHref : `${base}?sort=${list.sort}`;
  const columns = list.columns ?? (preference.columns.length === 0 ? USUAL_COLUMNS : preference.columns);
  const density = list.density ?? preference.density;
  const current = views.find(({ id }) => id === list.view) ?? null;
  const mayWrite = can(actor, "indicator.write", team.id);
  const isEmpty = total.count === 0 && chips.length === 0;
  const nextCursor = next && encodeCursor([next.key, next.id, next.team]);

  return (
    <>
      <PageHeader
        title="Indicators"
        description={
          isEmpty ? "What your team vouches for, from feeds and by hand." : describeTotal(total, chips.length)
        }
        actions={
          <>
            <LinkButton href={`/t/${team.slug}/recalls`}>Recalls</LinkButton>
            <LinkButton href={`/t/${team.slug}/bulk-changes`}>Bulk changes</LinkButton>
            {mayWrite && (
              <LinkButton href={`${base}/new`} variant="primary">
                <Plus aria-hidden />
                Add indicators
              </LinkButton>
            )}
          </>
        }
      />
      {isEmpty ? (
        <NoIndicators team={team.slug} mayWrite={mayWrite} />
      ) : (
        <>
          <ViewBar
            team={team.slug}
            views={views.map(toViewLink)}
            current={current && toViewLink(current)}
            defaultId={opened?.id ?? null}
            allHref={allHref}
            plainHref={listHref(base, list, { columns: undefined, density: undefined })}
            query={toQuery(list)}
            columns={columns}
            density={density}
            mayShare={mayWrite}
            actions={VIEW_ACTIONS}
          />
          <IndicatorFilters
            feeds={feeds}
            people={people}
            chips={chips}
            understood={words?.understood ?? null}
            isMoreInForce={isMoreInForce(list)}
            clearHref={clearHref}
          />
          {unread.length > 0 && (
            <Callout tone="warning" title="More is shown than the address asks for" className="mb-4">
              It asks for what this list does not know: {unread.join(", ")}. That part is left out.
            </Callout>
          )}
          {indicators.length === 0 ? (
            <NothingMatches
              filters={chips.length}
              words={words}
              withoutOthersHref={
                list.q === undefined ? null : listHref(base, { q: list.q, sort: list.sort }, {})
              }
              clearHref={clearHref}
            />
          ) : (
            <>
              <SelectionFrame key={`${toQuery(list)} ${list.cursor ?? ""}`}>
                {mayChoose && (
                  <BulkBar
                    team={team.slug}
                    query={toQuery(list)}
                    total={{ ...total, words: describeCount(total) }}
                    pageSize={indicators.length}
                    waits={waits}
                    action={bulkChangeAction}
                  />
                )}
                <IndicatorTable
                  team={team.slug}
                  rows={indicators.map(toRow)}
                  columns={columns}
                  density={density}
                  sort={list.sort}
                  sortHrefs={toSortHrefs(base, list)}
                  isSelectable={mayChoose}
                />
              </SelectionFrame>
              <ExportMenu href={listHref(`${base}/export`, list, {})} />
              <CursorPagination
                summary={`${formatCount(indicators.length, "indicator")} on this page, ${describeCount(total)} in all`}
                {...pageHrefs(base, list, nextCursor)}
              />
            </>
          )}
        </>
      )}
    </>
  );
}

const listPeople = async (actor: Actor, teamId: string) => {
  const { members } = await listMembers(actor, teamId, { limit: MAX_PEOPLE });
  return members.map(({ userId, name }) => ({ id: userId, name }));
};

// What the table shows and no more: it is sent to the browser.
const toRow = ({ team: _team, ...row }: ListedIndicator) => ({
  ...row,
  defanged: defang(row.type, row.value),
});

type Viewed = { id: string; name: string; shared: boolean; mayChange: boolean; href: string };

const toViewLink = ({ id, name, shared, mayChange, href }: Viewed): Viewed => ({
  ...{ id, name, shared, mayChange, href },
});

const VIEW_ACTIONS = {
  create: createViewAction,
  update: updateViewAction,
  remove: deleteViewAction,
  setLooks: setLooksAction,
  setDefault: setDefaultViewAction,
};

type Total = { count: number; isExact: boolean };

const describeCount = ({ count, isExact }: Total): string =>
  isExact ? formatNumber(count) : `about ${formatNumber(count)}`;

const describeTotal = (total: Total, filters: number): string => {
  const noun = total.count === 1 ? "indicator" : "indicators";
  if (filters === 0) return `${describeCount(total)} ${noun}, withdrawn and expired ones included.`;
  return `${describeCount(total)} ${noun} ${total.count === 1 ? "matches" : "match"}.`;
};

const NoIndicators = ({ team, mayWrite }: { team: string; mayWrite: boolean }) => (
  <EmptyState
    icon={Radar}
    title="No indicators yet"
    action={
      mayWrite && (
        <>
          <LinkButton href={`/t/${team}/indicators/new`} variant="primary">
            Add indicators
          </LinkButton>
          <LinkButton href={`/t/${team}/feeds/new`}>Add a feed</LinkButton>
        </>
      )
    }
  >
    An indicator is a value your team vouches for: an address, a domain, a URL, a hash. They come from feeds,
    or you paste them; each can be followed from its line to the record at Microsoft.
  </EmptyState>
);

type NothingProps = {
  filters: number;
  words: SearchWords | null;
  /** The search alone, without other filters. */
  withoutOthersHref: string | null;
  clearHref: string;
};

const NothingMatches = ({ filters, words, withoutOthersHref, clearHref }: NothingProps) => (
  <EmptyState
    icon={SearchX}
    title={titleOfNothing(filters, words)}
    action={
      <>
        {words && filters > 1 && withoutOthersHref !== null && (
          <LinkButton href={withoutOthersHref} variant="primary">
            Search without other filters
          </LinkButton>
        )}
        <LinkButton href={clearHref}>Clear</LinkButton>
      </>
    }
  >
    {filters === 0
      ? "The list has changed since you opened it. Start again from its first page."
      : (words?.advice ?? "Take away one of them to see more.")}
  </EmptyState>
);

const titleOfNothing = (filters: number, words: SearchWords | null): string => {
  if (words) return filters > 1 ? `${words.missing}, with the other filters` : words.missing;
  if (filters === 0) return "Nothing on this page";
  return `Nothing matches ${filters === 1 ? "this filter" : `these ${String(filters)} filters`}`;
};
