import { ActionButton } from "@/components/forms/action-button";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { formatCount } from "@/components/ui/format-number";
import { RelativeTime } from "@/components/ui/relative-time";

type Subscriber = { team: string; teamName: string; since: Date; active: number };
type Props = {
  team: string;
  feedId: string;
  isShared: boolean;
  subscribers: readonly Subscriber[];
  /** Absent: the reader may not change it. */
  action?: FormAction | undefined;
};

/** Whether other teams may take the feed in, and which do. */
export const SharingCard = ({ team, feedId, isShared, subscribers, action }: Props) => (
  <Card className="self-start">
    <CardHeader
      title="Used by other teams"
      description={
        isShared
          ? "They see name, provider and size; values and comments once they subscribe. TLP:RED stays here."
          : "This feed is your team’s alone."
      }
    />
    <CardBody className="space-y-3">
      {isShared && <Subscribers subscribers={subscribers} />}
      {action !== undefined && (
        <Switch team={team} feedId={feedId} isShared={isShared} count={subscribers.length} action={action} />
      )}
    </CardBody>
  </Card>
);

const Subscribers = ({ subscribers }: { subscribers: readonly Subscriber[] }) =>
  subscribers.length === 0 ? (
    <p className="text-muted text-sm">No team has subscribed yet.</p>
  ) : (
    <ul className="divide-line divide-y text-sm">
      {subscribers.map(({ team, teamName, since, active }) => (
        <li key={team} className="flex flex-wrap items-baseline justify-between gap-x-3 py-1.5">
          <span className="min-w-0 truncate font-medium">{teamName}</span>
          <span className="text-muted text-xs">
            <Count value={active} unit="values" />, <RelativeTime at={since} />
          </span>
        </li>
      ))}
    </ul>
  );

type SwitchProps = { team: string; feedId: string; isShared: boolean; count: number; action: FormAction };

const Switch = ({ team, feedId, isShared, count, action }: SwitchProps) => {
  const values = { team, feedId, visibility: isShared ? "team" : "everyone" };
  if (!isShared)
    return (
      <ActionButton action={action} values={values}>
        Let other teams subscribe
      </ActionButton>
    );
  if (count === 0)
    return (
      <ActionButton action={action} values={values}>
        Share no more
      </ActionButton>
    );
  return (
    <ConfirmDialog
      trigger="Share no more"
      variant="danger-quiet"
      title={`End the subscriptions of ${formatCount(count, "team")}?`}
      confirmLabel="Share no more"
      action={action}
      values={values}
    >
      <p>
        What these teams have from this feed alone leaves their sets; their next plans remove it at their
        destinations. Your own team keeps everything.
      </p>
    </ConfirmDialog>
  );
};
