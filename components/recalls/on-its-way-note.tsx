import { Callout } from "@/components/ui/callout";
import { formatNumber } from "@/components/ui/format-number";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { BESIDE_STATES, sumBeside, type BesideState } from "@/lib/domain/delivery/beside-withdrawal";

import { sayBesideWithdrawal, sayOnItsWay, sayWaitingBeside } from "./on-its-way-words";
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

type BesideProps = { base: string; ways: readonly (Way & { state: BesideState })[] };

/**
 * That a plan that takes back everything leaves out what stands nowhere yet, and how that is kept from standing: each as its push fares.
 * Nothing where nothing is sent.
 */
export const BesideWithdrawalNote = ({ base, ways }: BesideProps) => {
  const all = sumBeside(ways);
  if (all === 0) return null;
  const waiting = sumBeside(ways, ["waiting"]);
  const title = waiting === all ? sayWaitingBeside(all) : sayBesideWithdrawal(all - waiting);
  return (
    <Callout tone="warning" title={title} role="note">
      {BESIDE_STATES.map((state) => {
        const some = ways.filter((way) => way.state === state);
        const count = sumBeside(some);
        const { one, many, then } = WORDS[state];
        return (
          count > 0 && (
            <p key={state}>
              {formatNumber(count)} {count === 1 ? one : many} <PushLinks base={base} ways={some} />
              {then}
            </p>
          )
        );
      })}
    </Callout>
  );
};

/** What is said of them before their push and behind it. */
const WORDS: Readonly<Record<BesideState, { one: string; many: string; then: string }>> = {
  "under-way": {
    ...{ one: "is in", many: "are in" },
    then: ". While that goes on, this plan cannot be applied: once it has ended, plan to withdraw everything again, and what arrived is taken back as well. To keep the rest from arriving, press “Stop sending” on the connector’s page and come back here: this plan then takes the place of what was not sent.",
  },
  waiting: {
    ...{ one: "waits in", many: "wait in" },
    then: ". Applied, this plan takes the place of what waits, and nothing of it arrives.",
  },
  unanswered: {
    ...{ one: "was sent in", many: "were sent in" },
    then: " since this plan was made, and not answered: it may stand there. Plan to withdraw everything again, and that is taken back as well.",
  },
  saved: {
    ...{ one: "was saved by a person and is in", many: "were saved by people and are in" },
    then: ". That is sent all the same, whatever is applied here: withdraw what was saved, or everything of the team in its settings.",
  },
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
