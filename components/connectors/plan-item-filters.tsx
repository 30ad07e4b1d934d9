import { FilterChips, type FilterChip } from "@/components/data-table/filter-chips";
import { FilterSelect } from "@/components/data-table/filter-select";
import { SearchBox } from "@/components/data-table/search-box";
import { truncateMiddle } from "@/components/ui/truncate";
import { ACTION_OPTIONS } from "@/lib/domain/connector/actions";
import { INDICATOR_TYPE_LABELS, INDICATOR_TYPES } from "@/lib/domain/indicator/types";

type Props = {
  feeds: readonly { id: string; name: string }[];
  /** Sentinel's records carry no action. */
  hasActions: boolean;
  chips: readonly FilterChip[];
  clearHref: string;
};

/** What narrows the items of a plan; the download of what is shown follows it. */
export const PlanItemFilters = ({ feeds, hasActions, chips, clearHref }: Props) => (
  <div className="mt-4 space-y-3">
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <SearchBox label="Search this plan" placeholder="Value, part, network or id" />
      <FilterSelect param="type" label="Type" options={TYPE_OPTIONS} />
      <FilterSelect
        param="feed"
        label="Feed"
        // A select is as wide as its widest option.
        options={feeds.map(({ id, name }) => ({ value: id, label: truncateMiddle(name, MAX_NAME) }))}
      />
      {hasActions && <FilterSelect param="action" label="Action" options={ACTION_OPTIONS} />}
    </div>
    <FilterChips chips={chips} clearHref={clearHref} />
  </div>
);

const MAX_NAME = 26;
const TYPE_OPTIONS = INDICATOR_TYPES.map((type) => ({ value: type, label: INDICATOR_TYPE_LABELS[type] }));
