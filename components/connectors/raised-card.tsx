import { Card, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-number";

import { RaisedTable } from "./raised-table";

type Props = {
  title: string;
  base: string;
  raised: { count: number; records: Parameters<typeof RaisedTable>[0]["records"] };
};

/** How many records stand stricter than a connector wants them, because of others, and the first of them; nothing where none does. */
export const RaisedCard = ({ title, base, raised: { count, records } }: Props) => {
  if (count === 0) return null;
  const stand = count === 1 ? "stands" : "stand";
  const first = count > records.length ? ` The first ${String(records.length)}:` : "";
  return (
    <Card>
      <CardHeader
        title={title}
        description={`${formatCount(count, "record")} ${stand} stricter than this connector wants, because of others: one record serves all who claim it, and the strictest wish wins.${first}`}
      />
      <RaisedTable base={base} records={records} />
    </Card>
  );
};
