"use client";

import { Unplug } from "lucide-react";

import { Button } from "@/components/ui/button";
import { LinkButton } from "@/components/ui/link-button";

import { ProblemPage } from "./problem-page";

type Props = { error: unknown; retry: () => void };

/** For what nobody anticipated: nothing of it is told but the number under which it was logged. */
export const ErrorProblem = ({ error, retry }: Props) => {
  const digest = digestOf(error);
  return (
    <ProblemPage
      icon={Unplug}
      title="This page could not be shown"
      actions={
        <>
          <Button variant="primary" onClick={retry}>
            Try again
          </Button>
          <LinkButton href="/">Go to the overview</LinkButton>
        </>
      }
    >
      <p>
        Something went wrong on our side while reading it. Nothing was changed, and work under way goes on.
      </p>
      {digest !== null && (
        <p>
          If it stays, tell your operator this number: <code className="text-ink font-mono">{digest}</code>
        </p>
      )}
    </ProblemPage>
  );
};

const digestOf = (error: unknown): string | null =>
  error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : null;
