import { DataTable } from "@/components/data-table/data-table";
import { Field } from "@/components/forms/field";
import { Count } from "@/components/ui/count";
import { formatNumber } from "@/components/ui/format-number";
import { Input } from "@/components/ui/input";
import type { PlaceShare } from "@/lib/domain/selection/budget-settings";

/** A team or a feed, with what it wanted and got. */
export type Competitor = PlaceShare & {
  id: string;
  name: string;
  of?: string;
  wanted: number;
  chosen: number;
  /** Of what is wanted, how much more than one connector wants. */
  several: number;
};
type Props = { name: "teams" | "feeds"; caption: string; rows: readonly Competitor[]; limit: number };

/** A floor and a ceiling for each team or feed that competes, beside what the last plans gave it. */
export const ShareTable = ({ name, caption, rows, limit }: Props) => (
  <div>
    <p className="mb-2 text-sm font-medium">
      {caption}
      <span className="text-muted block text-xs font-normal">
        The floor is theirs before anybody competes; the ceiling is the most they may have. Empty: no limit.
      </span>
    </p>
    <DataTable
      caption={caption}
      rows={rows}
      rowKey={({ id }) => id}
      empty={null}
      isStacked
      columns={[
        {
          id: "name",
          header: name === "teams" ? "Team" : "Feed",
          isRowHeader: true,
          cell: (row) => (
            <>
              {row.name}
              {row.of !== undefined && <span className="text-muted block text-xs">{row.of}</span>}
            </>
          ),
        },
        {
          id: "wanted",
          header: "Wanted",
          isNumeric: true,
          cell: ({ wanted, several }) => (
            <>
              <Count value={wanted} />
              {several > 0 && (
                <span className="text-muted block text-xs">
                  {formatNumber(several)} by several connectors
                </span>
              )}
            </>
          ),
        },
        { id: "chosen", header: "Chosen", isNumeric: true, cell: ({ chosen }) => <Count value={chosen} /> },
        {
          id: "floor",
          header: "Floor",
          cell: (row) => (
            <Places
              name={`${name}.${row.id}.floor`}
              label={`Floor of ${row.name}`}
              value={row.floor === 0 ? null : row.floor}
              limit={limit}
            />
          ),
        },
        {
          id: "ceiling",
          header: "Ceiling",
          cell: (row) => (
            <Places
              name={`${name}.${row.id}.ceiling`}
              label={`Ceiling of ${row.name}`}
              value={row.ceiling}
              limit={limit}
            />
          ),
        },
      ]}
    />
  </div>
);

type PlacesProps = { name: string; label: string; value: number | null; limit: number };

const Places = ({ name, label, value, limit }: PlacesProps) => (
  <Field name={name} label={<span className="sr-only">{label}</span>}>
    <Input type="number" min={0} max={limit} defaultValue={value ?? ""} className="w-24" />
  </Field>
);
