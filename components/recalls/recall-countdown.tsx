import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { Progress } from "@/components/ui/progress";
import { TextLink } from "@/components/ui/text-link";
import { namesOnly } from "@/lib/domain/access/person";

type At = {
  connectorId: string;
  connector: string;
  isSendingOff: boolean;
  isReadable: boolean;
  sent: number;
  gone: number;
  left: number;
  accepted: number;
  underWay: number;
  stopped: number;
  stop: { pushId: string; by: string | null; message: string | null } | null;
  failed: number;
  reason: string | null;
};
type State = { matched: number; at: readonly At[]; isRemoved: boolean; isGone: boolean };
type Props = { team: string; recall: { carriedOutAt: Date | null; isStanding: boolean }; progress: State };

/** How many are still somewhere, destination by destination, down to none. */
export const RecallCountdown = ({ team, recall, progress }: Props) => (
  <div className="space-y-4">
    <Callout
      tone={progress.isGone ? "success" : "info"}
      role="status"
      title={titleOf(recall.carriedOutAt !== null, progress)}
    >
      {recall.carriedOutAt === null ? "What the team has of it is being looked for." : sayMet(progress)}
    </Callout>
    {progress.at.map((one) => (
      <Card key={one.connectorId}>
        <CardHeader
          title={<TextLink href={`/t/${team}/connectors/${one.connectorId}`}>{one.connector}</TextLink>}
          description={<Description team={team} at={one} />}
        />
        <CardBody>
          <Progress
            label={labelOf(one)}
            done={one.gone + one.left + one.accepted}
            total={one.sent}
            tone={toneOf(one)}
          />
        </CardBody>
      </Card>
    ))}
  </div>
);

const labelOf = ({ isReadable, left }: At): string => {
  if (!isReadable) return "Accepted";
  return left > 0 ? "Ended for your team" : "Gone";
};

const toneOf = ({ failed, stopped, gone, left, sent }: At) => {
  if (failed + stopped > 0) return "danger";
  return gone + left === sent ? "success" : "info";
};

const titleOf = (isCarriedOut: boolean, { at, isGone, isRemoved }: State): string => {
  if (isGone) return "Gone everywhere, confirmed";
  if (isRemoved) {
    const accepted = at.reduce((sum, one) => sum + one.accepted, 0);
    if (accepted === 0)
      return at.some(isUnread)
        ? "Ended for your team; not all can be read back"
        : "Ended for your team, confirmed";
    return `Every removal was accepted; ${formatNumber(accepted)} of them cannot be read back`;
  }
  const left = at.reduce((sum, { underWay, stopped, failed }) => sum + underWay + stopped + failed, 0);
  return isCarriedOut ? `${formatNumber(left)} still to go` : "Under way";
};

/** What stays there for another team was written anew, and nobody can see that it was. */
const isUnread = ({ isReadable, left }: At): boolean => !isReadable && left > 0;

const sayMet = ({ matched, at, isGone }: State): string =>
  `${formatCount(matched, "indicator")} of the team met it, and ${matched === 1 ? "is" : "are"} withdrawn here. ${sayRest(at, isGone)}`;

const sayRest = (at: State["at"], isGone: boolean): string => {
  if (at.length === 0) return "None of them was ever sent.";
  const left = at.reduce((sum, one) => sum + one.left, 0);
  if (left > 0) return sayLeft(left);
  return isGone
    ? "Nothing of it stands at any destination of the team."
    : "What another team vouches for may stay there for that team.";
};

const sayLeft = (left: number): string =>
  left === 1
    ? "1 record stays there for another team that also wants it."
    : `${formatNumber(left)} records stay there for another team that also wants them.`;

const Description = ({ team, at }: { team: string; at: At }) => {
  const { isSendingOff, accepted, left, underWay, stopped, stop, failed, reason } = at;
  if (stopped > 0 && stop !== null)
    return (
      <>
        {formatNumber(stopped)} left standing:{" "}
        {stop.by === null
          ? `the removal could not go on. ${stop.message ?? ""} It is tried again by itself within five minutes; sooner when you resume `
          : `${namesOnly(stop.by)} stopped the removal, and it is not tried again by itself. To go on, resume `}
        <TextLink href={`/t/${team}/pushes/${stop.pushId}`}>the stopped push</TextLink>.
      </>
    );
  if (isSendingOff && underWay > 0)
    return `${formatNumber(underWay)} not confirmed: sending is switched off. What was not sent goes at once when it is switched on again.`;
  if (failed > 0) return `${formatNumber(failed)} could not be removed: ${reason ?? "no reason given"}`;
  if (underWay > 0) return `${formatNumber(underWay)} being removed or confirmed`;
  if (accepted > 0)
    return `${formatCount(accepted, "removal")} accepted, and cannot be read back: the connector has no subscription, resource group and workspace name. Give it these to have the next one confirmed.`;
  if (left > 0)
    return `Ended for your team, ${isUnread(at) ? "accepted; it cannot be read back" : "confirmed"}. ${sayLeft(left)}`;
  return "Nothing of it stands there.";
};
