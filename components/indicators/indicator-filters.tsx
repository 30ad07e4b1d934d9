import { FilterAdd } from "@/components/data-table/filter-add";
import { FilterChips, type FilterChip } from "@/components/data-table/filter-chips";
import { FilterSelect } from "@/components/data-table/filter-select";
import { FilterText } from "@/components/data-table/filter-text";
import { SearchBox } from "@/components/data-table/search-box";
import { RECEIPT_LOOKS } from "@/components/connectors/delivery-state-badges";
import { Disclosure } from "@/components/ui/disclosure";
import { truncateMiddle } from "@/components/ui/truncate";
import { RECEIPT_STATES } from "@/lib/domain/delivery/receipt-states";
import { INDICATOR_STATES } from "@/lib/domain/indicator/lifecycle";
import { INDICATOR_TYPE_LABELS, INDICATOR_TYPES, TLP_LABELS, TLPS } from "@/lib/domain/indicator/types";

import { INDICATOR_LOOKS } from "./indicator-state-badge";

type Named = { id: string; name: string };
type Props = {
  feeds: readonly Named[];
  /** Who may have added indicators by hand. */
  people: readonly Named[];
  chips: readonly FilterChip[];
  /** How the text in the search box was understood. */
  understood: string | null;
  /** Whether one of the filters that are folded away is in force. */
  isMoreInForce: boolean;
  clearHref: string;
};

/** What narrows the list: a text understood as what it is, and the filters in force as chips that can be taken away. */
export const IndicatorFilters = (props: Props) => {
  const { feeds, people, chips, understood, isMoreInForce, clearHref } = props;
  return (
    <div className="mb-4 space-y-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchBox label="Search values" placeholder="Value, network, domain or a part" />
        <FilterAdd param="type" label="Type" options={TYPE_OPTIONS} />
        <FilterAdd param="state" label="State" options={STATE_OPTIONS} />
        <FilterAdd param="tlp" label="TLP" options={TLP_OPTIONS} />
        <FilterAdd param="feed" label="Feed" options={feeds.map(toOption)} />
      </div>
      {understood !== null && (
        <p role="status" className="text-muted text-xs">
          Searched: <span className="text-ink font-medium wrap-anywhere">{understood}</span>
        </p>
      )}
      <Disclosure summary="More filters" isOpen={isMoreInForce}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <FilterSelect param="minConfidence" label="Confidence" options={CONFIDENCE_OPTIONS} />
          <FilterAdd param="destinationState" label="At a destination" options={DESTINATION_OPTIONS} />
          <FilterSelect param="expiringWithinDays" label="Expiring within" options={EXPIRY_OPTIONS} />
          <FilterSelect param="addedBy" label="Added by" options={people.map(toOption)} />
          <FilterText param="tag" label="Tag" placeholder="The whole tag" />
        </div>
      </Disclosure>
      <FilterChips chips={chips} clearHref={clearHref} />
    </div>
  );
};

// A select is as wide as its widest option.
const toOption = ({ id, name }: Named) => ({ value: id, label: truncateMiddle(name, MAX_NAME) });
const MAX_NAME = 26;

const TYPE_OPTIONS = INDICATOR_TYPES.map((type) => ({ value: type, label: INDICATOR_TYPE_LABELS[type] }));
// The control's own label says TLP already.
const TLP_OPTIONS = TLPS.map((tlp) => ({ value: tlp, label: TLP_LABELS[tlp].slice("TLP:".length) }));
const STATE_OPTIONS = INDICATOR_STATES.map((state) => ({
  value: state,
  label: INDICATOR_LOOKS[state].word,
}));
const DESTINATION_OPTIONS = RECEIPT_STATES.map((state) => ({
  value: state,
  label: RECEIPT_LOOKS[state].word,
}));
const CONFIDENCE_OPTIONS = [25, 50, 75, 90].map((least) => ({
  value: String(least),
  label: `${String(least)} or more`,
}));
const EXPIRY_OPTIONS = [1, 7, 30, 90].map((days) => ({
  value: String(days),
  label: days === 1 ? "a day" : `${String(days)} days`,
}));
