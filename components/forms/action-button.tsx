"use client";

import { startTransition, useActionState, useEffect, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import type { ButtonLook } from "@/components/ui/button-class";
import { notify } from "@/components/ui/toast";
import { IDLE } from "@/lib/actions/state";

import { FieldErrors } from "./field-errors";
import type { FormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";

type Props = ButtonLook & {
  action: FormAction;
  /** Sent as hidden fields: the id of what is acted upon. */
  values?: Readonly<Record<string, string>> | undefined;
  children: ReactNode;
  disabled?: boolean;
};

/** One press, one server action: "Run now". Success is a toast; a refusal is a toast and stays beside the button. */
export const ActionButton = ({ action, values, children, variant, size, disabled = false }: Props) => {
  const [answer, dispatch, isPending] = useActionState(action, IDLE);
  const problem =
    answer.status === "failed"
      ? answer.message
      : answer.status === "invalid"
        ? (answer.message ?? Object.values(answer.fields).flat().join(" "))
        : null;
  useEffect(() => {
    if (answer.status === "done") notify.done(answer.message);
    if (problem !== null) notify.failed(problem);
  }, [answer, problem]);

  return (
    <form
      action={dispatch}
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        startTransition(() => {
          dispatch(data);
        });
      }}
      className="inline-flex flex-col items-start"
    >
      <HiddenFields values={values} />
      <Button type="submit" variant={variant} size={size} isBusy={isPending} disabled={disabled}>
        {children}
      </Button>
      {problem !== null && !isPending && <FieldErrors errors={[problem]} />}
    </form>
  );
};
