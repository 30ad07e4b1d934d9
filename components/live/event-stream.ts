/** How the newest message got here, and whether another one may come. */
type StreamStatus = "connecting" | "live" | "polling" | "ended";
export type StreamState<Message> = { message: Message | null; status: StreamStatus };

/** The part of the browser's EventSource that is used here. */
type Source = {
  addEventListener: (
    type: "open" | "message" | "error",
    listener: (event: { data?: unknown }) => void,
  ) => void;
  close: () => void;
};

export type StreamOptions<Message> = {
  /** Every message is the whole state, never a change: one that was missed is not missed. */
  url: string;
  /** Reads one message; `null` for what is none, which is then passed over. */
  parse: (data: unknown) => Message | null;
  /** After such a message nothing more is awaited. */
  isLast: (message: Message) => boolean;
  /** The state that the page was rendered with. */
  initial: Message | null;
  onState: (state: StreamState<Message>) => void;
  openSource?: (url: string) => Source;
  fetchOnce?: (url: string, signal: AbortSignal) => Promise<Response>;
  pollMs?: number;
};

const POLL_MS = 3_000;
/** A proxy that swallows event streams fails again and again; after this many times asking is the better way. */
const MAX_FAILURES = 3;

/**
 * Follows a state on the server by server-sent events; where they do not get through, by asking the same address for
 * JSON. Returns what ends it. Nothing is lost by ending: opened again, the first message is the state as it is then.
 */
export const followStream = <Message>(options: StreamOptions<Message>): (() => void) => {
  const { url, parse, isLast, initial, onState, pollMs = POLL_MS } = options;
  const { openSource = openEventSource, fetchOnce = fetchJson } = options;
  const stopped = new AbortController();
  let message = initial;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const stop = (): void => {
    stopped.abort();
    clearTimeout(timer);
    source.close();
  };
  const tell = (status: StreamStatus): void => {
    if (!stopped.signal.aborted) onState({ message, status });
  };
  const take = (data: unknown, status: "live" | "polling"): void => {
    const next = parse(data);
    if (next === null) return;
    message = next;
    tell(isLast(next) ? "ended" : status);
    if (isLast(next)) stop();
  };

  const poll = async (): Promise<void> => {
    try {
      const response = await fetchOnce(url, stopped.signal);
      if (response.ok) take(await response.json(), "polling");
    } catch {
      // Offline or cut short. The state on the screen stays, marked as not live, and the next turn asks again.
      tell("connecting");
    }
    if (!stopped.signal.aborted) timer = setTimeout(() => void poll(), pollMs);
  };

  const source = openSource(url);
  source.addEventListener("open", () => {
    tell("live");
  });
  source.addEventListener("message", ({ data }) => {
    failures = 0;
    if (typeof data === "string") take(readJson(data), "live");
  });
  source.addEventListener("error", () => {
    // The browser connects again by itself; only a source that keeps failing without one message is given up. That it
    // opened says little: some proxies open at once and then hold everything back.
    failures += 1;
    tell("connecting");
    if (failures < MAX_FAILURES || stopped.signal.aborted) return;
    source.close();
    void poll();
  });
  return stop;
};

const openEventSource = (url: string): Source => new EventSource(url);
const fetchJson = (url: string, signal: AbortSignal): Promise<Response> =>
  fetch(url, { signal, headers: { accept: "application/json" } });

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // `parse` passes over what is no message
  }
};
