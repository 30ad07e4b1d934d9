"use client";

import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import { useId, useState, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { buttonClass, type ButtonLook } from "@/components/ui/button-class";
import { DialogContext } from "@/components/ui/dialog-context";
import { Input } from "@/components/ui/input";

import { ActionForm } from "./action-form";
import type { FormAction } from "./form-action";
import { FormStatus } from "./form-status";
import { HiddenFields } from "./hidden-fields";
import { SubmitButton } from "./submit-button";
import { WhilePending } from "./while-pending";

type Props = ButtonLook & {
  /** Words of the button that asks. */
  trigger: ReactNode;
  /** Says how many: "Withdraw 12,430 indicators?" */
  title: ReactNode;
  /** What happens next, where, and whether it can be undone. */
  children: ReactNode;
  /** Words of the button that does it; a verb, never "OK". */
  confirmLabel: string;
  action: FormAction;
  values?: Readonly<Record<string, string>> | undefined;
  /** For more than a hundred things, or what cannot be undone: this word must be typed first. */
  typedWord?: string | undefined;
  /** More fields to send, such as a reason. */
  fields?: ReactNode;
  isDangerous?: boolean;
  disabled?: boolean;
  /** When somebody opens it: for what it says that has to be asked for. */
  onOpen?: (() => void) | undefined;
  /** Said while it takes longer than a second: what is done, and where it is found by whoever leaves. */
  pendingWords?: string | undefined;
  /** Of a count that it asks for: nobody confirms before it is there, or without being told that it is not. */
  count?: "pending" | "known" | "unknown";
};

/** Asks before something that touches many or cannot be undone: how many, what happens next, and the verb to do it. */
export const ConfirmDialog = (props: Props) => {
  const { trigger, title, children, confirmLabel, action, values, typedWord, fields, variant, size } = props;
  const { isDangerous = true, disabled = false, onOpen, pendingWords, count = "known" } = props;
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const typedId = useId();
  const close = (): void => {
    setIsOpen(false);
    setTyped("");
  };

  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (open) {
          setIsOpen(true);
          onOpen?.();
        } else close();
      }}
    >
      <Base.Trigger disabled={disabled} className={buttonClass({ variant, size })}>
        {trigger}
      </Base.Trigger>
      <Base.Portal>
        <Base.Backdrop className="bg-scrim fixed inset-0 z-40 min-h-dvh transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup className="bg-raised text-ink shadow-raised fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-xl border transition-[scale,opacity] duration-150 outline-none data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0">
          <DialogContext value={close}>
            <ActionForm action={action} label={confirmLabel} closesDialog className="space-y-0">
              <div className="space-y-3 px-5 pt-5 pb-4">
                <Base.Title className="text-lg font-semibold">{title}</Base.Title>
                <Base.Description render={<div />} className="text-muted space-y-2 text-sm">
                  {children}
                </Base.Description>
                <HiddenFields values={values} />
                {fields}
                {typedWord !== undefined && (
                  <div>
                    <label htmlFor={typedId} className="mb-1 block text-sm">
                      Type <strong className="font-mono">{typedWord}</strong> to go on
                    </label>
                    <Input
                      id={typedId}
                      isMono
                      value={typed}
                      onChange={(event) => {
                        setTyped(event.currentTarget.value);
                      }}
                    />
                  </div>
                )}
                {pendingWords !== undefined && <WhilePending words={pendingWords} />}
                <FormStatus />
              </div>
              <div className="bg-sunken flex flex-wrap justify-end gap-2 rounded-b-xl border-t px-5 py-3">
                <Button onClick={close}>Cancel</Button>
                <SubmitButton
                  variant={isDangerous ? "danger" : "primary"}
                  disabled={count === "pending" || (typedWord !== undefined && typed.trim() !== typedWord)}
                >
                  {count === "unknown" ? `${confirmLabel} without the count` : confirmLabel}
                </SubmitButton>
              </div>
            </ActionForm>
          </DialogContext>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
};
