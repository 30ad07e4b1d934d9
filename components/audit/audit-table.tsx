import { PersonName } from "@/components/people/person-name";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { ExactTime } from "@/components/ui/relative-time";

import { describeEntry } from "./facts";

export type ShownEntry = {
  id: string;
  at: Date;
  team: string | null;
  actorName: string;
  action: string;
  detail: unknown;
};

/** Who did what, newest first, in sentences. All is text: nothing of an entry is ever a link or markup. */
export const AuditTable = ({ entries, hasTeam }: { entries: readonly ShownEntry[]; hasTeam: boolean }) => (
  <TableScroll label="Activity">
    <Table>
      <thead>
        <tr>
          <Th>When</Th>
          <Th className="max-lg:hidden">Who</Th>
          <Th>What</Th>
          {hasTeam && <Th className="max-lg:hidden">Team</Th>}
        </tr>
      </thead>
      <tbody>
        {entries.map(({ id, at, team, actorName, action, detail }) => {
          const { sentence, facts } = describeEntry(action, detail);
          return (
            <Tr key={id}>
              <RowTh className="align-top max-lg:w-28 max-lg:py-1.5 lg:whitespace-nowrap">
                <ExactTime at={at} className="tabular-nums lg:whitespace-nowrap" />
              </RowTh>
              <Td className="py-1.5 align-top max-lg:hidden">
                <PersonName of={actorName} hasEmail />
              </Td>
              <Td className="max-w-xl py-1.5 wrap-anywhere lg:min-w-60" title={action}>
                {sentence}
                <span className="mt-0.5 block text-xs lg:hidden">
                  <PersonName of={actorName} />
                  {hasTeam && team !== null && `, ${team}`}
                </span>
                {facts !== "" && <span className="text-muted mt-0.5 block text-xs">{facts}</span>}
              </Td>
              {hasTeam && <Td className="max-lg:hidden">{team ?? "–"}</Td>}
            </Tr>
          );
        })}
        {entries.length === 0 && (
          <Tr>
            <Td colSpan={hasTeam ? 4 : 3} className="text-muted">
              Nothing here matches.
            </Td>
          </Tr>
        )}
      </tbody>
    </Table>
  </TableScroll>
);
