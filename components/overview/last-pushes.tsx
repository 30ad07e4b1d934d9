import { PushStateBadge, type ShownPushState } from "@/components/connectors/delivery-state-badges";
import { Card, CardBody, CardFooter, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { RelativeTime } from "@/components/ui/relative-time";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";

type Push = {
  id: string;
  connector: string;
  state: string;
  accepted: number;
  removed: number;
  failed: number;
  queuedAt: Date;
  finishedAt: Date | null;
};
type Props = {
  pushes: readonly Push[];
  /** What those that have not ended wait for. */
  underWay: readonly { id: string; waitingSince: Date | null; isSendingOff: boolean }[];
  base: string;
};

/** The team's newest pushes: where to, how far, and what became of their items. */
export const LastPushes = ({ pushes, underWay, base }: Props) => (
  <Card>
    <CardHeader title="Last pushes" />
    <CardBody className="p-0">
      <TableScroll label="Last pushes">
        <Table>
          <thead>
            <tr>
              <Th>Connector</Th>
              <Th>State</Th>
              <Th isNumeric>{OUTCOME_WORDS.accepted}</Th>
              <Th isNumeric>{OUTCOME_WORDS.removed}</Th>
              <Th>When</Th>
            </tr>
          </thead>
          <tbody>
            {pushes.map((push) => (
              <Tr key={push.id}>
                <RowTh>
                  <TextLink href={`${base}/pushes/${push.id}`}>{push.connector}</TextLink>
                </RowTh>
                <Td>
                  {isPushState(push.state) && (
                    <PushStateBadge
                      {...underWay.find(({ id }) => id === push.id)}
                      state={push.state}
                      failed={push.failed}
                      isPlain
                    />
                  )}
                </Td>
                <Td isNumeric>
                  <Count value={push.accepted} />
                </Td>
                <Td isNumeric>
                  <Count value={push.removed} />
                </Td>
                <Td>
                  <RelativeTime at={push.finishedAt ?? push.queuedAt} />
                </Td>
              </Tr>
            ))}
            {pushes.length === 0 && (
              <Tr>
                <Td colSpan={5} className="text-muted">
                  Nothing was pushed yet.
                </Td>
              </Tr>
            )}
          </tbody>
        </Table>
      </TableScroll>
    </CardBody>
    <CardFooter>
      <TextLink href={`${base}/connectors`}>All connectors</TextLink>
    </CardFooter>
  </Card>
);

const isPushState = (state: string): state is ShownPushState =>
  ["queued", "running", "done", "stopped"].includes(state);
