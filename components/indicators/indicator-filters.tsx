import { FilterChips, type FilterChip } from "@/components/data-table/filter-chips";
import { FilterSelect } from "@/components/data-table/filter-select";
import { SearchBox } from "@/components/data-table/search-box";
import { truncateMiddle } from "@/components/ui/truncate";
import { INDICATOR_STATES } from "@/lib/domain/indicator/lifecycle";
import { INDICATOR_TYPE_LABELS, INDICATOR_TYPES, TLP_LABELS, TLPS } from "@/lib/domain/indicator/types";

import { INDICATOR_LOOKS } from "./indicator-state-badge";

type Props = {
  feeds: readonly { id: string; name: string }[];
  chips: readonly FilterChip[];
  clearHref: string;
};

/** What narrows the list: a value in any spelling, and the filters in force as chips that can be taken away. */
export const IndicatorFilters = ({ feeds, chips, clearHref }: Props) => (
  <div className="mb-4 space-y-3">
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <SearchBox label="Search values" placeholder="Any spelling, or how it begins" />
      <FilterSelect param="type" label="Type" options={TYPE_OPTIONS} />
      <FilterSelect param="state" label="State" options={STATE_OPTIONS} />
      <FilterSelect param="tlp" label="TLP" options={TLP_OPTIONS} />
      <FilterSelect
        param="feed"
        label="Feed"
        options={feeds.map(({ id, name }) => ({ value: id, label: truncateMiddle(name, MAX_NAME) }))}
      />
    </div>
    <FilterChips chips={chips} clearHref={clearHref} />
  </div>
);

const TYPE_OPTIONS = INDICATOR_TYPES.map((type) => ({ value: type, label: INDICATOR_TYPE_LABELS[type] }));
// The control's own label says TLP already.
const TLP_OPTIONS = TLPS.map((tlp) => ({ value: tlp, label: TLP_LABELS[tlp].slice("TLP:".length) }));
/** A select is as wide as its widest option. */
const MAX_NAME = 26;
// Nothing is recalled yet in a list: a state that cannot match is no choice.
const STATE_OPTIONS = INDICATOR_STATES.filter((state) => state !== "recalled").map((state) => ({
  value: state,
  label: INDICATOR_LOOKS[state].word,
}));
