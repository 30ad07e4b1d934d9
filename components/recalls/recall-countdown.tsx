import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { Progress } from "@/components/ui/progress";
import { TextLink } from "@/components/ui/text-link";

type At = {
  connectorId: string;
  connector: string;
  isEnabled: boolean;
  sent: number;
  gone: number;
  underWay: number;
  failed: number;
  reason: string | null;
};
type Props = {
  team: string;
  recall: { carriedOutAt: Date | null; isStanding: boolean };
  progress: { matched: number; at: readonly At[]; isGone: boolean };
};

/** How many are still somewhere, destination by destination, down to none. */
export const RecallCountdown = ({ team, recall, progress: { matched, at, isGone } }: Props) => {
  const left = at.reduce((sum, { underWay, failed }) => sum + underWay + failed, 0);
  return (
    <div className="space-y-4">
      <Callout
        tone={isGone ? "success" : "info"}
        role="status"
        title={titleOf({ isCarriedOut: recall.carriedOutAt !== null, isGone, left })}
      >
        {recall.carriedOutAt === null
          ? "What the team has of it is being looked for."
          : `${formatCount(matched, "indicator")} of the team met it, and ${matched === 1 ? "is" : "are"} withdrawn here. ${
              at.length === 0
                ? "None of them was ever sent."
                : "What another team vouches for may stay there for that team."
            }`}
      </Callout>
      {at.map((one) => (
        <Card key={one.connectorId}>
          <CardHeader
            title={<TextLink href={`/t/${team}/connectors/${one.connectorId}`}>{one.connector}</TextLink>}
            description={describe(one)}
          />
          <CardBody>
            <Progress
              label="Gone"
              done={one.gone}
              total={one.sent}
              tone={one.failed > 0 ? "danger" : one.gone === one.sent ? "success" : "info"}
            />
          </CardBody>
        </Card>
      ))}
    </div>
  );
};

const titleOf = ({
  isCarriedOut,
  isGone,
  left,
}: {
  isCarriedOut: boolean;
  isGone: boolean;
  left: number;
}): string => {
  if (isGone) return "Gone everywhere, confirmed";
  return isCarriedOut ? `${formatNumber(left)} still to go` : "Under way";
};

const describe = ({ isEnabled, underWay, failed, reason }: At): string => {
  if (!isEnabled && underWay > 0)
    return "The connector is switched off: switch it on, and it is removed with the next plan.";
  if (failed > 0) return `${formatNumber(failed)} refused: ${reason ?? "no reason given"}`;
  return underWay > 0
    ? `${formatNumber(underWay)} being removed or confirmed`
    : "Nothing of it stands there.";
};
