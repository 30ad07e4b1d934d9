import { Callout } from "@/components/ui/callout";
import { formatCount } from "@/components/ui/format-number";
import { ExactTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";

type Stop = { by: string; reason: string };
type Props = {
  plan: {
    isPartial: boolean;
    goesWhilePaused: boolean;
    unreadBecause: string | null;
    waitsBecause: string | null;
    approvedAt: Date | null;
  };
  /** Until when it keeps places from others; null: it keeps none. */
  placesUntil: Date | null;
  connector: {
    name: string;
    mode: string;
    enabled: boolean;
    stop: Stop | null;
  };
  /** What stops all sending of the installation. */
  stopOfAll: Stop | null;
  /** How many records are to be Allowed. */
  allowed: number;
  newerHref: string | null;
  connectorHref: string;
};

/** What is to be known of a plan that nobody has applied yet, before somebody does. */
export const PlanNotes = (props: Props) => {
  const { plan, placesUntil, connector, stopOfAll, allowed, newerHref, connectorHref } = props;
  const { name, enabled, stop } = connector;
  const isPaused = !enabled && !plan.goesWhilePaused;
  return (
    <>
      {allowed > 0 && (
        <Callout tone="danger" title={`${formatCount(allowed, "record")} will be Allowed.`} role="note">
          Defender stops alerting on them and blocking them, whatever it finds out itself.
        </Callout>
      )}
      {newerHref !== null && !plan.isPartial && (
        <Callout tone="info" title="There is a newer plan." role="note">
          What it says of the same values is more recent.{" "}
          <TextLink href={newerHref}>Open the newer plan</TextLink>
        </Callout>
      )}
      {placesUntil !== null && (
        <Callout tone="info" title="Its places are kept for a day." role="note">
          Until <ExactTime at={placesUntil} /> what it adds is counted wherever places at the tenant are given
          out. Not applied by then, its places are free for others, and it has to be made anew.
        </Callout>
      )}
      {plan.isPartial && (
        <Callout tone="info" title="It takes back these and nothing else." role="note">
          Applied, it goes before all other pushes.
        </Callout>
      )}
      {plan.unreadBecause !== null && (
        <Callout tone="warning" title="What others hold there is not known." role="note">
          The tenant could not be read within a day. {plan.unreadBecause} It is read before anything is sent,
          and what others hold is then left out.
        </Callout>
      )}
      {isPaused && (
        <Callout tone="warning" title={`${name} is paused.`} role="note">
          Nothing of this plan can be applied before it is resumed, on{" "}
          <TextLink href={connectorHref}>its page</TextLink>.
        </Callout>
      )}
      {stopOfAll && (
        <Callout tone="danger" title="Nothing is sent to any destination." role="note">
          {stopOfAll.by} switched all sending off. Reason: “{stopOfAll.reason}” What is applied waits until an
          administrator switches it on again, on the System page of the administration.
        </Callout>
      )}
      {stop && (
        <Callout tone="danger" title={`Nothing is sent to ${name}.`} role="note">
          {stop.by} switched sending off. Reason: “{stop.reason}” What is applied waits until it is switched
          on again, on <TextLink href={connectorHref}>its page</TextLink>.
        </Callout>
      )}
      {plan.waitsBecause !== null && plan.approvedAt === null && (
        <Callout tone="warning" title="It waits for a person." role="note">
          It is more than {name} applies by itself. {plan.waitsBecause}
          {goesOn(connector, stopOfAll) && " The next plan within the limits goes on by itself."}
        </Callout>
      )}
    </>
  );
};

/** Whether a connector would apply a smaller plan by itself. */
export const goesOn = (
  { mode, enabled, stop }: Pick<Props["connector"], "mode" | "enabled" | "stop">,
  stopOfAll: Stop | null,
): boolean => mode === "automatic" && enabled && stop === null && stopOfAll === null;
