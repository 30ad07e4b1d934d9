"use client";

import { createContext, startTransition, useActionState, type ReactNode } from "react";

import { askAction } from "@/components/forms/ask-action";
import type { FormAction } from "@/components/forms/form-action";
import { usePause } from "@/components/forms/use-pause";
import { countedNetworksSchema, type NetworksOfSize } from "@/lib/domain/indicator/network-cost";

/** The team's small networks that the form takes as it is filled in; null where they could not be counted. */
export const NetworksContext = createContext<readonly NetworksOfSize[] | null>(null);

type Props = {
  action: FormAction;
  /** As the form was opened. */
  initial: readonly NetworksOfSize[];
  /** Fields of a form, feeds and types among them. */
  children: ReactNode;
};

const CLICKING_MS = 400;
const COUNTED_BY = ["team", "feedChoice", "feeds", "types"];

/** Has the team's networks counted anew when other feeds or types are ticked. */
export const CountedNetworks = ({ action, initial, children }: Props) => {
  const { afterPause } = usePause(CLICKING_MS);
  const [counted, dispatch] = useActionState(
    async (_before: readonly NetworksOfSize[] | null, form: FormData) => {
      const answer = await askAction(action, form, "The count");
      const read = countedNetworksSchema.safeParse(answer.status === "done" ? answer.data : null);
      return read.success ? read.data.networks : null;
    },
    initial,
  );
  const recount = (form: HTMLFormElement): void => {
    const all = new FormData(form);
    const asked = new FormData();
    for (const name of COUNTED_BY) for (const value of all.getAll(name)) asked.append(name, value);
    startTransition(() => {
      dispatch(asked);
    });
  };

  return (
    <div
      className="space-y-6"
      onChange={({ target }) => {
        if (!(target instanceof HTMLInputElement) || !COUNTED_BY.includes(target.name)) return;
        const { form } = target;
        if (form !== null)
          afterPause(() => {
            recount(form);
          });
      }}
    >
      <NetworksContext value={counted}>{children}</NetworksContext>
    </div>
  );
};
