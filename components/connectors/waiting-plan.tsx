import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";

import { goesOn } from "./plan-notes";

type Props = {
  plan: { id: string; waitsBecause: string | null; approvedAt: Date | null; approvedBy: string | null };
  connector: Parameters<typeof goesOn>[0];
  stopOfAll: Parameters<typeof goesOn>[1];
  base: string;
};

/** Says on a connector's page that its newest plan is left to a person, and how far that has come. */
export const WaitingPlan = ({ plan, connector, stopOfAll, base }: Props) => {
  const link = <TextLink href={`${base}/plans/${plan.id}`}>Look at the plan</TextLink>;
  if (plan.approvedAt !== null)
    return (
      <Callout tone="info" title="Its plan is approved, and waits to be applied." role="note">
        {plan.approvedBy ?? "Somebody"} approved it; somebody else applies it.{" "}
        {!connector.enabled && "The connector has to be resumed first. "}
        {link}.
      </Callout>
    );
  return (
    <Callout tone="warning" title="Its plan waits for a person." role="note">
      It is more than the connector applies by itself. {plan.waitsBecause} {link}.
      {goesOn(connector, stopOfAll) && " The next plan within the limits goes on by itself."}
      {!connector.enabled && " The connector is paused: it is resumed before anything is sent."}
    </Callout>
  );
};
