import { Callout } from "@/components/ui/callout";
import { Count } from "@/components/ui/count";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";

import type { BudgetEffect } from "./budget-effect-answer";
import { roomWords } from "./room-words";

type Props = {
  effect: BudgetEffect;
  /** What others put there; null: nobody sees it. */
  foreign: number | null;
};
type Row = { id: string; name: string; of?: string; leave: number; come: number; stay: number };

/** What a change would take away, bring and leave as it is: in all, and for each team and feed. */
export const BudgetEffectNote = ({ effect, foreign }: Props) => {
  const { leave, come, stay, standing, room, teams, feeds } = effect;
  return (
    <div role={leave > 0 ? "alert" : "status"} className="space-y-3">
      <Callout
        tone={leave > 0 ? "warning" : "info"}
        title={`${formatCount(leave, "record")} would leave, ${formatNumber(come)} would come in, ${formatNumber(stay)} would stay.`}
      >
        <p>
          {leave > 0 && `${sayStanding(leave, standing)} `}
          There would be room for {roomWords({ room, foreign })} of all teams. Automatic connectors act at
          once, within their limits; others when their next plan is applied.
        </p>
      </Callout>
      {teams.length > 0 && (
        <ShiftTable
          rows={[
            ...teams,
            ...feeds.map(({ team, name, ...feed }) => ({ ...feed, name: `Feed ${name}`, of: team })),
          ]}
        />
      )}
    </div>
  );
};

const sayStanding = (leave: number, standing: number): string => {
  if (standing === leave) return leave === 1 ? "It stands there now." : "All of them stand there now.";
  if (standing === 0) return leave === 1 ? "It is planned only." : "They are planned only.";
  return `${formatNumber(standing)} of them ${standing === 1 ? "stands" : "stand"} there now, the others are planned only.`;
};

const ShiftTable = ({ rows }: { rows: readonly Row[] }) => (
  <TableScroll label="What would change, by team and feed">
    <Table>
      <caption className="text-muted px-3 py-2 text-left text-xs">
        A record that several want counts with each of them.
      </caption>
      <thead>
        <Tr>
          <Th>Team or feed</Th>
          <Th isNumeric className="px-2">
            Leave
          </Th>
          <Th isNumeric className="px-2">
            Come in
          </Th>
          <Th isNumeric className="px-2">
            Stay
          </Th>
        </Tr>
      </thead>
      <tbody>
        {rows.map(({ id, name, of, leave, come, stay }) => (
          <Tr key={id}>
            <RowTh>
              {name}
              {of !== undefined && <span className="text-muted block text-xs">{of}</span>}
            </RowTh>
            {[leave, come, stay].map((places, place) => (
              <Td key={COLUMNS[place]} isNumeric className="px-2">
                <Count value={places} />
              </Td>
            ))}
          </Tr>
        ))}
      </tbody>
    </Table>
  </TableScroll>
);

const COLUMNS = ["leave", "come", "stay"] as const;
