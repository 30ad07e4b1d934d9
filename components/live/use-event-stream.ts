"use client";

import { useEffect, useRef, useState } from "react";

import { followStream, type StreamOptions, type StreamState } from "./event-stream";

type Options<Message> = Pick<StreamOptions<Message>, "parse" | "isLast" | "initial" | "pollMs"> & {
  /** Runs once, after the last message. */
  onLast?: (message: Message) => void;
};

/** The newest message of an event stream and how it arrives. `null` as address: nothing is followed. */
export const useEventStream = <Message>(
  url: string | null,
  options: Options<Message>,
): StreamState<Message> => {
  const [state, setState] = useState<StreamState<Message>>({
    message: options.initial,
    status: url === null ? "ended" : "connecting",
  });
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    if (url === null) return undefined;
    const { parse, isLast, initial, pollMs } = latest.current;
    return followStream({
      url,
      parse,
      isLast,
      initial,
      ...(pollMs === undefined ? {} : { pollMs }),
      onState: (next) => {
        setState(next);
        if (next.status === "ended" && next.message !== null) latest.current.onLast?.(next.message);
      },
    });
  }, [url]);

  return state;
};
