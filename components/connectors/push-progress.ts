import type { ProgressMessage } from "@/components/live/progress-message";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import type { Pace } from "@/lib/domain/delivery/push-pace";

type Push = {
  state: "queued" | "running" | "done" | "stopped";
  counts: { planned: number; accepted: number; removed: number; failed: number; skipped: number };
  message: string | null;
  /** Since when it waits for its destination. */
  waitingSince: Date | null;
  /** Nothing of it may leave: somebody switched sending off. */
  isSendingOff: boolean;
  /** What is left may itself be why it waits. */
  leftovers: object | null;
  /** Null while it does not go, or has only begun. */
  pace: Pace | null;
};

/** How far a push has come, as the page and its live stream say it. */
export const toPushProgress = (push: Push): ProgressMessage => {
  const { state, counts, message, waitingSince, isSendingOff, pace } = push;
  const { planned, accepted, removed, failed, skipped } = counts;
  const done = accepted + removed + failed + skipped;
  return {
    state: phaseOf(push),
    done,
    total: planned,
    isFinal: state === "done" || state === "stopped",
    tone:
      state === "stopped"
        ? "danger"
        : failed > 0 || waitingSince !== null || isSendingOff
          ? "warning"
          : "success",
    sentence: [SENTENCES[state]({ done, planned, failed, message }), ...(pace ? [sayPace(pace)] : [])].join(
      " ",
    ),
    counts: { accepted, removed, failed, skipped },
  };
};

/** What the page shows otherwise as soon as it changes: the badge, and what can be done. */
const phaseOf = ({ state, waitingSince, isSendingOff, leftovers }: Push): string => {
  if (isSendingOff) return "sending-off";
  if (leftovers !== null) return "leftovers";
  return waitingSince !== null && state === "running" ? "waiting" : state;
};

type Facts = { done: number; planned: number; failed: number; message: string | null };

const SENTENCES: Readonly<Record<Push["state"], (facts: Facts) => string>> = {
  queued: ({ message }) => message ?? "It waits for a worker.",
  running: ({ message }) => message ?? "Being sent in batches.",
  done: ({ planned, failed }) => {
    if (planned === 0) return "There was nothing to send.";
    if (failed === 0) return `Done: every one of ${formatNumber(planned)} has its receipt.`;
    return `Done: ${formatNumber(failed)} of ${formatNumber(planned)} failed, ${failed === 1 ? "with the reason" : "each with the reason"}.`;
  },
  stopped: ({ done, planned, message }) =>
    `Stopped after ${formatNumber(done)} of ${formatNumber(planned)}. ${message ?? ""}`.trim(),
};

const sayPace = ({ aMinute, secondsLeft }: Pace): string =>
  `About ${formatNumber(aMinute)} a minute; ${sayLeft(secondsLeft)} left.`;

/** In whole minutes, and then hours: a figure that moves with every batch tells nothing more. */
const sayLeft = (seconds: number): string => {
  if (seconds < MINUTE) return "less than a minute";
  if (seconds <= 90 * MINUTE) return `about ${formatCount(Math.ceil(seconds / MINUTE), "minute")}`;
  return `about ${formatCount(Math.ceil(seconds / HOUR), "hour")}`;
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;
