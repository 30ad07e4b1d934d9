import { DataTable } from "@/components/data-table/data-table";
import { CardBody } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";

import { PushStateBadge } from "./delivery-state-badges";

type Push = {
  id: string;
  queuedAt: Date;
  state: Parameters<typeof PushStateBadge>[0]["state"];
  waitingSince: Date | null;
  counts: { accepted: number; removed: number; failed: number };
};

type Props = { base: string; pushes: readonly Push[]; isSendingOff: boolean };

/** A connector's newest pushes: when, how far, and what became of their items. */
export const PushTable = ({ base, pushes, isSendingOff }: Props) => (
  <DataTable
    caption="Pushes"
    rows={pushes}
    rowKey={(push) => push.id}
    empty={<CardBody className="text-muted text-sm">None yet.</CardBody>}
    columns={[
      {
        id: "when",
        header: "Begun",
        isRowHeader: true,
        cell: (push) => (
          <TextLink href={`${base}/pushes/${push.id}`}>
            <RelativeTime at={push.queuedAt} />
          </TextLink>
        ),
      },
      {
        id: "state",
        header: "State",
        cell: ({ state, counts, waitingSince }) => (
          <PushStateBadge {...{ state, waitingSince, isSendingOff }} failed={counts.failed} isPlain />
        ),
      },
      {
        id: "accepted",
        header: OUTCOME_WORDS.accepted,
        isNumeric: true,
        cell: ({ counts }) => <Count value={counts.accepted} />,
      },
      {
        id: "removed",
        header: OUTCOME_WORDS.removed,
        isNumeric: true,
        cell: ({ counts }) => <Count value={counts.removed} />,
      },
      {
        id: "failed",
        header: OUTCOME_WORDS.failed,
        isNumeric: true,
        cell: ({ counts }) => <Count value={counts.failed} />,
      },
    ]}
  />
);
