import { Compass, Lock } from "lucide-react";

import { LinkButton } from "@/components/ui/link-button";

import { ProblemPage } from "./problem-page";

/** The one answer for what does not exist and for what belongs to others. */
export const NotFoundProblem = () => (
  <ProblemPage
    icon={Compass}
    title="There is no such page"
    actions={
      <LinkButton href="/" variant="primary">
        Go to the overview
      </LinkButton>
    }
  >
    <p>It may have been removed, or it belongs to a team that you are not in.</p>
    <p>Look the value or the name up with the command box: press Ctrl K.</p>
  </ProblemPage>
);

/** For who is signed in but whose role does not allow the page. */
export const ForbiddenProblem = () => (
  <ProblemPage
    icon={Lock}
    title="Your role does not allow this page"
    actions={
      <LinkButton href="/" variant="primary">
        Go to the overview
      </LinkButton>
    }
  >
    <p>You are signed in, and nothing is wrong with your account.</p>
    <p>
      An owner of the team gives roles under Settings, Members; pages of the installation are for its
      administrators alone.
    </p>
  </ProblemPage>
);
