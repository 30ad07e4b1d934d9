"use client";

import { useRouter } from "next/navigation";

import { parseProgressMessage, type ProgressMessage } from "@/components/live/progress-message";
import { useEventStream } from "@/components/live/use-event-stream";

import { FeedStateBadge } from "./feed-state-badge";

const isLast = ({ isFinal }: ProgressMessage): boolean => isFinal;

/** The badge of a feed whose run is under way; the page reads anew when that ends. */
export const LiveFeedState = ({ runId }: { runId: string }) => {
  const router = useRouter();
  useEventStream(`/api/live/runs/${runId}`, {
    parse: parseProgressMessage,
    isLast,
    initial: null,
    onLast: () => {
      router.refresh();
    },
  });
  return <FeedStateBadge state="running" />;
};
