import { DataTable } from "@/components/data-table/data-table";
import type { FormAction } from "@/components/forms/form-action";
import { Badge } from "@/components/ui/badge";
import { Count } from "@/components/ui/count";
import { RelativeTime } from "@/components/ui/relative-time";
import type { BundledEffect } from "@/lib/domain/screening/allowlist-input";
import type { AllowlistEffect, AllowlistMatch } from "@/lib/domain/screening/allowlist";

import { ChooseBundledDialog } from "./choose-bundled-dialog";
import { BUNDLED_TITLES, MATCH_LABELS } from "./effect-words";
import { Hits } from "./list-table";

type List = {
  id: string;
  name: string;
  source: string;
  licence: string;
  version: number;
  match: AllowlistMatch;
  count: number;
  defaultEffect: AllowlistEffect;
  effect: BundledEffect;
  choice: { reason: string; at: Date; by: string } | null;
  hits: number | null;
};

type Props = { team: string; lists: readonly List[]; action?: FormAction | undefined };

/** The lists that come with the product, each with what the team made of it. */
export const BundledTable = ({ team, lists, action }: Props) => (
  <DataTable
    caption="Allowlists that come with the product"
    rows={lists}
    rowKey={({ id }) => id}
    empty={<p className="text-muted text-sm">None come with this version.</p>}
    columns={[
      {
        id: "name",
        header: "List",
        isRowHeader: true,
        className: "min-w-48",
        cell: ({ name, source, licence, version }) => (
          <>
            <span className="block font-medium">{name}</span>
            <span className="text-muted block text-xs">
              {sourceOf(source)}, {licence}, version {version}
            </span>
          </>
        ),
      },
      { id: "match", header: "Compares", cell: ({ match }) => MATCH_LABELS[match].label, isWideOnly: true },
      { id: "entries", header: "Entries", isNumeric: true, cell: ({ count }) => <Count value={count} /> },
      {
        id: "effect",
        header: "Effect",
        cell: ({ effect, choice }) => (
          <>
            {effect === "off" ? <Badge tone="warning">Off</Badge> : BUNDLED_TITLES[effect]}
            {choice !== null && (
              <span className="text-muted block text-xs" title={choice.reason}>
                {choice.by}, <RelativeTime at={choice.at} />
              </span>
            )}
          </>
        ),
      },
      { id: "hits", header: "Hits", isNumeric: true, cell: ({ hits }) => <Hits hits={hits} /> },
      ...(action === undefined
        ? []
        : [
            {
              id: "choose",
              header: <span className="sr-only">Change</span>,
              cell: (list: List) => <ChooseBundledDialog team={team} list={list} action={action} />,
            },
          ]),
    ]}
  />
);

/** `https://github.com/MISP/misp-warninglists/…` → "MISP warninglists"; anything else as it stands. */
const sourceOf = (source: string): string =>
  source.startsWith("https://github.com/MISP/misp-warninglists/") ? "MISP warninglists" : source;
