"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

import { Callout } from "@/components/ui/callout";
import { formatNumber } from "@/components/ui/format-number";
import { LiveRegion } from "@/components/ui/live-region";
import { Progress } from "@/components/ui/progress";

import { parseProgressMessage, type ProgressMessage } from "./progress-message";
import { useEventStream } from "./use-event-stream";

type Props = {
  /** Sends `ProgressMessage`s as server-sent events, and the newest as JSON to whoever asks for JSON. */
  url: string;
  /** The state this page was rendered with. A final one needs no stream. */
  initial: ProgressMessage;
  label: string;
  unit: string;
};

const isLast = ({ isFinal }: ProgressMessage): boolean => isFinal;

/** Progress that moves by itself. Leaving loses nothing; with each other state the page reads anew, and at the end it says what was done. */
export const LiveProgress = ({ url, initial, label, unit }: Props) => {
  const router = useRouter();
  const { message, status } = useEventStream(initial.isFinal ? null : url, {
    parse: parseProgressMessage,
    isLast,
    initial,
    onLast: () => {
      router.refresh();
    },
  });
  // The page may have read its end before the stream told of it, and then the stream is closed.
  const shown = initial.isFinal ? initial : (message ?? initial);
  const { state, isFinal } = shown;
  useEffect(() => {
    // Badges and buttons around it are of the state that the page was rendered with.
    if (!isFinal && state !== initial.state) router.refresh();
  }, [state, isFinal, initial.state, router]);
  const counts = Object.entries(shown.counts ?? {});

  return (
    <div className="space-y-3">
      {shown.isFinal ? (
        <Callout tone={shown.tone} title={shown.sentence} />
      ) : (
        <>
          <Progress label={label} done={shown.done} total={shown.total} unit={unit} />
          <p className="text-muted text-sm">
            {shown.sentence}
            {status === "connecting" && " Connecting to follow it live; it goes on by itself."}
          </p>
        </>
      )}
      {counts.length > 0 && (
        <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
          {counts.map(([name, value]) => (
            <div key={name} className="flex items-baseline gap-1.5">
              <dd className="font-semibold tabular-nums">{formatNumber(value)}</dd>
              <dt className="text-muted">{name}</dt>
            </div>
          ))}
        </dl>
      )}
      <LiveRegion>{shown.isFinal ? shown.sentence : ""}</LiveRegion>
    </div>
  );
};
