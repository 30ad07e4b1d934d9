"use client";

import { LoaderCircle, PlugZap } from "lucide-react";
import { startTransition, useActionState, useState, type ReactNode } from "react";

import { askAction } from "@/components/forms/ask-action";
import type { FormAction } from "@/components/forms/form-action";
import { Button } from "@/components/ui/button";
import { CheckList } from "@/components/ui/check-list";
import { CardFooter } from "@/components/ui/card";
import { IDLE, type ActionState } from "@/lib/actions/state";
import { checksSchema } from "@/lib/domain/checks";

import { Refusal } from "./refusal";

type Props = {
  action: FormAction;
  isHidden: boolean;
  /** False for a file, which no server gives. */
  hasConnection: boolean;
  /** Changes with whatever the test goes by: what was found before then says nothing any more. */
  version: number;
  children: ReactNode;
};

/** What can be asked of a source while its form is filled in: beside `children`, whether it answers, check by check. */
export const SourceTest = ({ action, isHidden, hasConnection, version, children }: Props) => {
  const [answer, dispatch, isPending] = useActionState(
    (_before: ActionState, form: FormData) => askAction(action, form, "The test"),
    IDLE,
  );
  const [testedVersion, setTestedVersion] = useState(version);
  const isCurrent = !isPending && testedVersion === version;
  const checks = answer.status === "done" ? checksSchema.safeParse(answer.data).data : undefined;
  return (
    <>
      {isCurrent && answer.status !== "idle" && (
        <div className="px-4 pb-4">
          {checks && <CheckList checks={checks.checks} assurance="Nothing was saved." />}
          <Refusal answer={answer} fallback="The test needs another look at these fields." />
        </div>
      )}
      <CardFooter className={isHidden ? "hidden" : undefined}>
        {children}
        {hasConnection && (
          <Button
            disabled={isPending}
            onClick={({ currentTarget: { form } }) => {
              if (form === null) return;
              const data = new FormData(form);
              setTestedVersion(version);
              startTransition(() => {
                dispatch(data);
              });
            }}
          >
            {isPending ? <LoaderCircle aria-hidden className="animate-spin" /> : <PlugZap aria-hidden />}
            Test connection
          </Button>
        )}
      </CardFooter>
    </>
  );
};
