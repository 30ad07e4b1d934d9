import { Callout } from "@/components/ui/callout";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";

import { sayBesideWithdrawal, sayOnItsWay } from "./on-its-way-words";
import { sumOnItsWay } from "./shown-reach";

type Way = { pushId: string; queuedAt: Date; count: number };
type Props = { base: string; ways: readonly Way[] };

/** That a plan does not take back all of what is held back: the rest is in pushes that have not ended. Nothing where all is. */
export const OnItsWayNote = ({ base, ways }: Props) => {
  const count = sumOnItsWay(ways);
  if (count === 0) return null;
  return (
    <Callout tone="info" title={sayOnItsWay(count)} role="note">
      A person held them back after they were applied, in <PushLinks base={base} ways={ways} />. What arrives
      all the same is planned away when that push ends.
    </Callout>
  );
};

/** That a plan that takes back everything leaves out what stands nowhere yet, and how that is kept from standing. Nothing where nothing is sent. */
export const BesideWithdrawalNote = ({ base, ways }: Props) => {
  const count = sumOnItsWay(ways);
  if (count === 0) return null;
  return (
    <Callout tone="warning" title={sayBesideWithdrawal(count)} role="note">
      <p>
        They are in <PushLinks base={base} ways={ways} />. While that goes on, this plan cannot be applied:
        once it has ended, plan to withdraw everything again, and what arrived is taken back as well.
      </p>
      <p>
        To keep them from arriving, press “Stop sending” on the connector’s page first. Applied then, this
        plan takes the place of what waits.
      </p>
    </Callout>
  );
};

const PushLinks = ({ base, ways }: Props) =>
  ways.map(({ pushId, queuedAt }, place) => (
    <span key={pushId}>
      {place > 0 && ", "}
      <TextLink href={`${base}/pushes/${pushId}`}>
        the push begun <RelativeTime at={queuedAt} />
      </TextLink>
    </span>
  ));
