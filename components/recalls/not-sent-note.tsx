import { Callout } from "@/components/ui/callout";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";

type Hold = { id: string; subject: string; reason: string; createdBy: string; createdAt: Date };

/** That a person withdrew what a run or a feed brought, with the reason; nothing where nobody did. */
export const NotSentNote = ({ team, holds }: { team: string; holds: readonly Hold[] }) =>
  holds.map(({ id, subject, reason, createdBy, createdAt }) => (
    <Callout
      key={id}
      tone="warning"
      title={`Not sent anywhere: ${subject}`}
      role="note"
      action={<TextLink href={`/t/${team}/recalls`}>What stands, and to lift it</TextLink>}
    >
      By {createdBy}, <RelativeTime at={createdAt} />: “{reason}” It still comes in and is shown; nothing of
      it is sent unless another feed of the team vouches for it, too.
    </Callout>
  ));
