import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { ExactTime } from "@/components/ui/relative-time";

export type ShownEntry = {
  id: string;
  at: Date;
  team: string | null;
  actorName: string;
  action: string;
  subjectType: string;
  /** The entry's facts as one line. */
  facts: string;
};

/** Who did what, newest first. Facts are text: nothing of an entry is ever a link or markup. */
export const AuditTable = ({ entries, hasTeam }: { entries: readonly ShownEntry[]; hasTeam: boolean }) => (
  <TableScroll label="Activity">
    <Table>
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Who</Th>
          <Th>What</Th>
          {hasTeam && <Th>Team</Th>}
          <Th>Facts</Th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ id, at, team, actorName, action, subjectType, facts }) => (
          <Tr key={id}>
            <RowTh className="whitespace-nowrap">
              <ExactTime at={at} />
            </RowTh>
            <Td>{actorName}</Td>
            <Td className="font-mono text-xs">{action}</Td>
            {hasTeam && <Td>{team ?? "–"}</Td>}
            <Td className="text-muted max-w-xl text-xs break-words">{facts === "" ? subjectType : facts}</Td>
          </Tr>
        ))}
        {entries.length === 0 && (
          <Tr>
            <Td colSpan={hasTeam ? 5 : 4} className="text-muted">
              Nothing here matches.
            </Td>
          </Tr>
        )}
      </tbody>
    </Table>
  </TableScroll>
);
