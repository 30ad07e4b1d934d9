import { PushStateBadge } from "@/components/connectors/delivery-state-badges";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { ExactTime, RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";

type Push = {
  id: string;
  connector: string;
  state: "queued" | "running" | "stopped";
  planned: number;
  left: number;
  queuedAt: Date;
  waitingSince: Date | null;
  wakesAt: Date | null;
  message: string | null;
  isSendingOff: boolean;
};

/** What was applied and has not left: how much, since when, what it waits for and until when. Nothing where all has left. */
export const UnderWay = ({ pushes, base }: { pushes: readonly Push[]; base: string }) =>
  pushes.length > 0 && (
    <Card>
      <CardHeader title="On its way" description="What was applied and has no answer yet." />
      <CardBody className="p-0">
        <ul className="divide-line divide-y">
          {pushes.map((push) => (
            <li key={push.id} className="space-y-1 px-4 py-2.5 text-sm">
              <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                <TextLink href={`${base}/pushes/${push.id}`} className="font-medium">
                  {push.connector}
                </TextLink>
                <PushStateBadge {...push} isPlain />
                <span className="text-muted">
                  {formatNumber(push.left)} of {formatCount(push.planned, "indicator")} left, begun{" "}
                  <RelativeTime at={push.queuedAt} />
                  {push.wakesAt !== null && !push.isSendingOff && (
                    <>
                      , goes on at <ExactTime at={push.wakesAt} />
                    </>
                  )}
                </span>
              </div>
              <p className="text-muted">{sayWhy(push)}</p>
            </li>
          ))}
        </ul>
      </CardBody>
    </Card>
  );

const sayWhy = ({ state, message, isSendingOff }: Push): string => {
  if (isSendingOff) return "Sending is switched off. It goes on by itself once that is switched on again.";
  if (message !== null) return message;
  return state === "queued" ? "Waits for its turn: one push after the other." : "Being sent.";
};
