import { RefreshWhile } from "@/components/live/refresh-while";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-number";
import { Progress } from "@/components/ui/progress";
import { RelativeTime } from "@/components/ui/relative-time";
import { readPerson } from "@/lib/domain/access/person";

type Props = {
  planning: {
    state: "under-way" | "made" | "failed";
    by: string;
    since: Date;
    seconds: number;
    planId: string | null;
    problem: string | null;
  };
  /** Whether it is this reader who waits for it. */
  isAwaited: boolean;
  /** How many candidates the newest plan looked at; 0: none was made yet. */
  candidates: number;
};

const AGAIN_MS = 1_000;

/** That a plan which takes long is being made, with its time running, or why it could not be made. */
export const PlanningNote = ({ planning, isAwaited, candidates }: Props) => {
  const { state, by, since, seconds, planId, problem } = planning;
  const asker = readPerson(by).name;
  if (state === "made")
    return isAwaited && planId === null ? (
      <Callout tone="success" title="There was nothing to take back." role="status" />
    ) : null;
  if (state === "failed")
    return (
      <Callout
        tone="danger"
        title={`The plan that ${asker} asked for could not be made.`}
        role={isAwaited ? "alert" : "note"}
      >
        {problem} It was begun <RelativeTime at={since} />.
      </Callout>
    );
  return (
    <Card>
      <CardBody className="space-y-2">
        <RefreshWhile isOpen everyMs={AGAIN_MS} />
        <Progress label="A plan is being made" done={seconds} total={null} unit="seconds so far" />
        <p className="text-muted text-sm">
          {asker} asked for it.{" "}
          {candidates > 0 && `The one before looked at ${formatCount(candidates, "candidate")}. `}
          You may leave this page: it goes on, and stands under “Plans” once it is made.
        </p>
      </CardBody>
    </Card>
  );
};
