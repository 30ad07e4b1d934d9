import { AppError } from "@/lib/domain/errors";
import { eventOfLine, writeEventLine } from "@/lib/feeds/formats/misp/lines";
import type { SourceContext, SourceNote } from "@/lib/feeds/source";

import { inOrder } from "../in-order";
import type { FeedAddresses } from "./addresses";
import { type EventOutcome, createEventFetcher } from "./event-fetcher";
import type { ManifestEntry } from "./manifest";
import type { FeedState, PlannedEvent } from "./plan";
import { readPreviousBlocks } from "./previous-blocks";

type Options = {
  addresses: FeedAddresses;
  state: FeedState | null;
  plan: readonly PlannedEvent[];
  notes: readonly SourceNote[];
};

type ComposedBody = {
  /** The blocks of all events in the order of the plan, fetched, carried forward or left out. Read once. */
  lines: () => AsyncGenerator<string, void, undefined>;
  /** Filled while the lines are read: which version of each event is among them. */
  events: FeedState["events"];
  notes: SourceNote[];
  /** Whether every event was had. */
  isWhole: () => boolean;
};

/** Puts a feed's body together from the events that changed and the earlier body. Events come four at once, lines in order. */
export const composeBody = (
  context: SourceContext,
  { addresses, state, plan, notes: first }: Options,
): ComposedBody => {
  const { previous, signal, enough = Number.POSITIVE_INFINITY } = context;
  const notes = [...first];
  const events: FeedState["events"] = {};
  const counts = { standing: 0, failed: 0, attributes: 0 };
  let lastError = "";

  const fail = (entry: ManifestEntry, error: AppError, isKept: boolean): void => {
    counts.failed += 1;
    lastError = error.message;
    const fate = isKept ? "Its earlier version stays." : "Nothing of it is here yet.";
    notes.push({
      subject: nameOf(entry),
      message: `${error.message} ${fate} It is tried again at the next run.`,
    });
  };

  async function* lines(): AsyncGenerator<string, void, undefined> {
    const fetched = inOrder(
      plan.filter(({ action }) => action === "fetch").map(({ entry }) => entry),
      MAX_AT_ONCE,
      createEventFetcher(context, addresses),
    );
    const earlier = state && previous ? readPreviousBlocks(previous.lines()) : null;

    async function* carryForward({ uuid }: ManifestEntry): AsyncGenerator<string, boolean, undefined> {
      const timestamp = state?.events[uuid];
      if (!earlier || timestamp === undefined) return false;
      let isThere = false;
      for await (const line of earlier.take(uuid)) {
        isThere = true;
        yield line;
      }
      if (isThere) events[uuid] = timestamp;
      return isThere;
    }

    async function* take(
      entry: ManifestEntry,
      outcome: EventOutcome,
    ): AsyncGenerator<string, void, undefined> {
      if (!outcome.ok) {
        fail(entry, outcome.error, yield* carryForward(entry));
        return;
      }
      yield* outcome.event.lines();
      events[entry.uuid] = entry.timestamp;
      counts.standing += 1;
      if (outcome.event.flaw !== "") notes.push({ subject: nameOf(entry), message: outcome.event.flaw });
    }

    async function* compose(planned: PlannedEvent): AsyncGenerator<string, void, undefined> {
      const { entry } = planned;
      if (planned.action === "leave-out") yield leftOutLine(entry, planned.code);
      else if (planned.action === "fetch") {
        const next = await fetched.next();
        if (next.done !== true) yield* take(entry, next.value);
      } else if (yield* carryForward(entry)) counts.standing += 1;
      else fail(entry, NOT_KEPT, false);
    }

    try {
      for (const planned of plan) {
        signal.throwIfAborted();
        for await (const line of compose(planned)) {
          if (eventOfLine(line) === null) counts.attributes += 1;
          yield line;
        }
        if (counts.attributes >= enough) return;
      }
    } finally {
      await fetched.return();
      await earlier?.close();
    }
    if (counts.failed > 0 && counts.standing === 0) throw noneHad(counts.failed, lastError);
  }

  return { lines, events, notes, isWhole: () => counts.failed === 0 };
};

const nameOf = ({ uuid, info }: ManifestEntry): string =>
  info === "" ? `event ${uuid}` : `event “${info.slice(0, 100)}” (${uuid})`;

const leftOutLine = (
  { uuid, info, timestamp, org }: ManifestEntry,
  code: "too_old" | "filtered_org",
): string =>
  writeEventLine({
    uuid,
    info,
    timestamp,
    org,
    publishTimestamp: null,
    isPublished: null,
    threatLevel: null,
    tags: [],
    leftOut: code,
  });

const noneHad = (failed: number, message: string): AppError =>
  new AppError(
    "upstream_unavailable",
    `The manifest could be read, but none of its events (${String(failed)} asked for). The last one: ${message} Nothing was changed.`,
    { retry: "later" },
  );

const NOT_KEPT = new AppError("upstream_unavailable", "Its earlier version is no longer kept.");
const MAX_AT_ONCE = 4;
