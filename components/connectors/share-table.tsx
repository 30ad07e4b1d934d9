import { Field } from "@/components/forms/field";
import { Count } from "@/components/ui/count";
import { formatNumber } from "@/components/ui/format-number";
import { Input } from "@/components/ui/input";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
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
  <TableScroll label={caption}>
    <Table>
      <caption className="px-3 py-2 text-left text-sm font-medium">
        {caption}
        <span className="text-muted block text-xs font-normal">
          The floor is theirs before anybody competes; the ceiling is the most they may have. Empty: no limit.
        </span>
      </caption>
      <thead>
        <Tr>
          <Th>{name === "teams" ? "Team" : "Feed"}</Th>
          <Th isNumeric>Wanted</Th>
          <Th isNumeric>Chosen</Th>
          <Th>Floor</Th>
          <Th>Ceiling</Th>
        </Tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.id}>
            <RowTh>
              {row.name}
              {row.of !== undefined && <span className="text-muted block text-xs">{row.of}</span>}
            </RowTh>
            <Td isNumeric>
              <Count value={row.wanted} />
              {row.several > 0 && (
                <span className="text-muted block text-xs">
                  {formatNumber(row.several)} by several connectors
                </span>
              )}
            </Td>
            <Td isNumeric>
              <Count value={row.chosen} />
            </Td>
            <Td>
              <Places
                name={`${name}.${row.id}.floor`}
                label={`Floor of ${row.name}`}
                value={row.floor === 0 ? null : row.floor}
                limit={limit}
              />
            </Td>
            <Td>
              <Places
                name={`${name}.${row.id}.ceiling`}
                label={`Ceiling of ${row.name}`}
                value={row.ceiling}
                limit={limit}
              />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  </TableScroll>
);

type PlacesProps = { name: string; label: string; value: number | null; limit: number };

const Places = ({ name, label, value, limit }: PlacesProps) => (
  <Field name={name} label={<span className="sr-only">{label}</span>}>
    <Input type="number" min={0} max={limit} defaultValue={value ?? ""} className="w-24" />
  </Field>
);
