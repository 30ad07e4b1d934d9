"use client";

import {
  startTransition,
  useActionState,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ComponentProps,
  type SubmitEvent,
  type SyntheticEvent,
} from "react";

import { cn } from "@/components/ui/cn";
import { useCloseDialog } from "@/components/ui/dialog-context";
import { notify } from "@/components/ui/toast";
import { IDLE, type ActionState } from "@/lib/actions/state";

import type { FormAction } from "./form-action";
import { FormContext } from "./form-context";

type Props = Omit<ComponentProps<"form">, "action" | "onSubmit"> & {
  action: FormAction;
  /** Spoken name of the form. */
  label: string;
  /** After success: empty again, ready for the next one. Without it the fields keep what was saved. */
  resetsOnDone?: boolean;
  /** After success: the dialog around it closes and the message becomes a toast. */
  closesDialog?: boolean;
  /** After success: nothing is said, since what `onDone` shows says it. */
  isQuiet?: boolean;
  /** What is "done" was only tried: secrets stay as typed, since saving still needs them. */
  isTrial?: boolean;
  onDone?: ((answer: Extract<ActionState, { status: "done" }>) => void) | undefined;
};

/**
 * A form around a server action. It works before any script has loaded; afterwards it keeps what was typed when the
 * answer is a refusal, and moves the focus to the first refused field.
 */
export const ActionForm = (props: Props) => {
  const {
    action,
    label,
    resetsOnDone = false,
    closesDialog = false,
    isQuiet = closesDialog,
    isTrial = false,
    onDone,
    className,
    children,
    ...rest
  } = props;
  const [answer, dispatch] = useActionState(closesDialog ? tellingDone(action) : action, IDLE);
  const form = useRef<HTMLFormElement>(null);
  const closeDialog = useCloseDialog();

  const react = (latest: ActionState): void => {
    if (latest.status === "invalid") focusFirstRefused(form.current);
    if (latest.status !== "done") return;
    if (resetsOnDone) form.current?.reset();
    if (closesDialog) closeDialog();
    onDone?.(latest);
  };
  const reaction = useRef(react);
  useEffect(() => {
    reaction.current = react;
  });
  useEffect(() => {
    reaction.current(answer);
  }, [answer]);

  // React empties a form after its `action` ran, also when the answer is "invalid". Sending it from here instead, in a
  // transition, leaves the fields alone and still tells `useFormStatus` that the form is on its way.
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget, submitterOf(event.nativeEvent));
    startTransition(() => {
      dispatch(data);
    });
  };

  const [edits, setEdits] = useState<{ of: ActionState; names: ReadonlySet<string> }>({
    of: IDLE,
    names: NONE,
  });
  const edited = edits.of === answer ? edits.names : NONE;
  const noteEdit = ({ target }: SyntheticEvent): void => {
    if (answer.status !== "invalid" || !(target instanceof Element)) return;
    const name = target.getAttribute("name") ?? "";
    if (name in answer.fields && !edited.has(name))
      setEdits({ of: answer, names: new Set(edited).add(name) });
  };

  // A dialog that is closing says nothing any more: its message has become a toast.
  const [shown] = useState(() => new Map<string, number>());
  const context = useMemo(
    () => ({ answer, isQuiet, isTrial, edited, shown }),
    [answer, isQuiet, isTrial, edited, shown],
  );
  return (
    <FormContext value={context}>
      <form
        {...rest}
        ref={form}
        action={dispatch}
        onSubmit={submit}
        onInput={noteEdit}
        aria-label={label}
        noValidate
        className={cn("space-y-4", className)}
      >
        {children}
      </form>
    </FormContext>
  );
};

// Told as soon as it is known: what was done may take the dialog and what opened it from the page, and nothing of them runs then.
const tellingDone =
  (action: FormAction): FormAction =>
  async (previous, form) => {
    const answer = await action(previous, form);
    if (answer.status === "done") notify.done(answer.message);
    return answer;
  };

const NONE: ReadonlySet<string> = new Set();

const submitterOf = (event: Event): HTMLElement | null =>
  event instanceof globalThis.SubmitEvent ? event.submitter : null;

const focusFirstRefused = (form: HTMLFormElement | null): void => {
  const refused = form?.querySelector('[aria-invalid="true"]');
  if (!(refused instanceof HTMLElement)) return;
  // What is folded away takes no focus.
  for (
    let part = refused.closest("details");
    part !== null;
    part = part.parentElement?.closest("details") ?? null
  )
    part.open = true;
  refused.focus({ preventScroll: true });
  refused.scrollIntoView({ block: "center" });
};
