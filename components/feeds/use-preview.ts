"use client";

import { startTransition, useActionState, useState } from "react";

import { askAction } from "@/components/forms/ask-action";
import type { FormAction } from "@/components/forms/form-action";
import { usePause } from "@/components/forms/use-pause";
import { IDLE } from "@/lib/actions/state";

import { parsePreviewAnswer, type PreviewAnswer } from "./preview-answer";
import { toCurrent, type PreviewState } from "./preview-state";

const TYPING_MS = 500;

/** The preview of a form that is being filled in: a new fetch when asked for, another reading of the same bytes while typing. */
export const usePreview = (action: FormAction) => {
  const [hasNewAddress, setHasNewAddress] = useState(false);
  /** The last request asked for other bytes than those that are shown. */
  const [asksAnew, setAsksAnew] = useState(false);
  const { cancel, afterPause } = usePause(TYPING_MS);
  const [state, dispatch, isPending] = useActionState(
    async (before: PreviewState, form: FormData): Promise<PreviewState> => {
      const answer = await askAction(action, form, "The preview");
      const shown = answer.status === "done" ? parsePreviewAnswer(answer.data) : null;
      // What is shown stays only beside another reading of the same bytes, and what its fetch told stays with it.
      const same = before.shown?.preview.previewId === form.get("previewId") ? before.shown : null;
      return { answer, shown: shown === null ? same : keepNotes(shown, same) };
    },
    START,
  );

  const send = (form: HTMLFormElement, previewId: string | null): void => {
    cancel();
    const data = new FormData(form);
    setAsksAnew(previewId === null || previewId !== state.shown?.preview.previewId);
    if (previewId !== null) data.set("previewId", previewId);
    startTransition(() => {
      dispatch(data);
    });
  };
  const isFetching = isPending && asksAnew;
  const current = toCurrent(state, { isFetching, hasNewAddress });
  const keptId = hasNewAddress ? null : (current.shown?.preview.previewId ?? null);

  return {
    ...current,
    isPending,
    isFetching,
    hasNewAddress,
    /** Fetches the address anew. */
    fetchNow: (form: HTMLFormElement): void => {
      setHasNewAddress(false);
      send(form, null);
    },
    /** Reads what was fetched once more, as the form says now; does nothing before the first fetch. */
    readAgain: (form: HTMLFormElement): void => {
      if (keptId !== null) send(form, keptId);
    },
    /** Reads a file that was uploaded, as the form says. */
    readUploaded: (form: HTMLFormElement, previewId: string): void => {
      setHasNewAddress(false);
      send(form, previewId);
    },
    /** As `readAgain`, once the typing has paused. */
    readAgainSoon: (form: HTMLFormElement): void => {
      if (keptId === null) return;
      afterPause(() => {
        send(form, keptId);
      });
    },
    /** Whatever decides what is fetched has changed: only a new fetch can tell more. */
    noteNewAddress: (): void => {
      setHasNewAddress(true);
    },
  };
};

/** What went wrong while fetching is known to the fetch alone; another reading of its bytes does not unsay it. */
const keepNotes = (shown: PreviewAnswer, before: PreviewAnswer | null): PreviewAnswer => {
  if (before?.preview.previewId !== shown.preview.previewId) return shown;
  const { notes, noteCount } = before.preview;
  return { ...shown, preview: { ...shown.preview, notes, noteCount } };
};

const START: PreviewState = { answer: IDLE, shown: null };
