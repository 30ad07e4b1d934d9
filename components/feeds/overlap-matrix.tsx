import { formatCount, formatNumber, formatShare } from "@/components/ui/format-number";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";

type MatrixFeed = { id: string; name: string; values: number };
type Props = {
  feeds: readonly MatrixFeed[];
  pairs: readonly { one: string; other: string; shared: number }[];
};

/** For each pair of feeds how many values both vouch for, and what share of the row's feed that is. */
export const OverlapMatrix = ({ feeds, pairs }: Props) => {
  const shared = new Map(
    pairs.flatMap(({ one, other, shared: count }) => [
      [`${one} ${other}`, count] as const,
      [`${other} ${one}`, count] as const,
    ]),
  );
  return (
    <TableScroll label="Values in common" isTall>
      <Table>
        <caption className="sr-only">
          Values in common: each cell says how many values the feed of the row shares with the feed of the
          column, and what share of the values of the row’s feed these are.
        </caption>
        <thead>
          <tr>
            <Th isSticky>Of the values of</Th>
            {feeds.map(({ id, name }) => (
              <Th key={id} isNumeric title={name} className="max-w-36">
                <span className="block truncate">{name}</span>
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {feeds.map((row) => (
            <Tr key={row.id}>
              <RowTh className="max-w-56 min-w-32">
                <span className="block truncate font-medium" title={row.name}>
                  {row.name}
                </span>
                <span className="text-muted block text-xs">{formatCount(row.values, "value")}</span>
              </RowTh>
              {feeds.map((column) => (
                <Cell
                  key={column.id}
                  row={row}
                  isSelf={row.id === column.id}
                  shared={shared.get(`${row.id} ${column.id}`) ?? 0}
                />
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
    </TableScroll>
  );
};

const Cell = ({ row, isSelf, shared }: { row: MatrixFeed; isSelf: boolean; shared: number }) => {
  if (isSelf)
    return (
      <Td isNumeric className="bg-sunken">
        <span className="text-faint">
          <span aria-hidden>–</span>
          <span className="sr-only">the same feed</span>
        </span>
      </Td>
    );
  if (shared === 0)
    return (
      <Td isNumeric className="text-muted">
        0
      </Td>
    );
  const share = shared / row.values;
  return (
    <Td isNumeric>
      <span className="block font-medium">{formatShare(share)}</span>
      <span className="text-muted block text-xs">{formatNumber(shared)}</span>
      {/* The figure again, to be seen at a glance. */}
      <span aria-hidden className="bg-line mt-1 block h-1 overflow-hidden rounded-full">
        <span className="bg-accent block h-full" style={{ width: `${String(Math.max(2, share * 100))}%` }} />
      </span>
    </Td>
  );
};
