import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";

type Props = { connector: string; newerHref: string | null; connectorHref: string };

/** What a plan's page says once a newer one took its place while it waited for a person. */
export const SupersededPlan = ({ connector, newerHref, connectorHref }: Props) => (
  <Callout
    tone="info"
    role="note"
    title="A newer plan took the place of this one."
    action={
      newerHref === null ? (
        <TextLink href={connectorHref}>Go to {connector}</TextLink>
      ) : (
        <TextLink href={newerHref}>Open the newer plan</TextLink>
      )
    }
  >
    What the team wants at {connector} changed while this plan waited. Nothing of it was sent, and it cannot
    be applied any more.
  </Callout>
);
