import "server-only";

import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import { createApplications, createShared, type Applications } from "./applications";
import { createDepartures, createGate, type Departures } from "./departures";
import type { ReadyItem } from "./prepare-item";
import type { OpenPush } from "./push-lease";
import { sendBatch, type SendOptions, type Sent, type SentBatch, type Trouble } from "./send-batch";

/** One request at a time, with slots and departures of its own. */
type Lane = { applications: Applications; departures: Departures };
export type Lanes = (index: number) => Lane;

/** Makes the lanes of a delivery, each when it is first needed. */
export const createLanes = (
  push: OpenPush,
  notify: (waitMs: number) => void,
  { longestWaitMs, open }: { longestWaitMs: number; open: OpenDestination | undefined },
): Lanes => {
  const lanes: Lane[] = [];
  const gate = createGate(push);
  const shared = createShared();
  return (index) => {
    const known = lanes[index];
    if (known) return known;
    const departures = createDepartures(push, gate);
    const { assertMayLeave, noteRefused } = departures;
    const { isUrgent } = push;
    const applications = createApplications(notify, open, {
      longestWaitMs,
      isUrgent,
      ...{ assertMayLeave, noteRefused },
      shared,
    });
    return (lanes[index] = { applications, departures });
  };
};

type Options = Omit<SendOptions, keyof Lane> & { lanes: Lanes; perRequest: number };

/** `failure`: some requests broke off, as when it was told to stop; what the others were answered holds. */
export type SentBeside = SentBatch & { failure: { reason: unknown } | null };

/**
 * Sends what is ready by as many requests as it takes, one beside the other. Throws, once all have ended, when every one broke off.
 */
export const sendBeside = async (
  ready: readonly ReadyItem[],
  { lanes, perRequest, ...options }: Options,
): Promise<SentBeside> => {
  const pieces: (readonly ReadyItem[])[] = [];
  for (let from = 0; from < ready.length; from += perRequest)
    pieces.push(ready.slice(from, from + perRequest));
  const ends = await Promise.allSettled(
    pieces.map((piece, index) => sendBatch(piece, { ...options, ...lanes(index) })),
  );
  const outcomes = new Map<string, Sent>();
  const unanswered: string[] = [];
  let trouble: Trouble | null = null;
  let failure: SentBeside["failure"] = null;
  for (const end of ends) {
    if (end.status === "rejected") {
      failure ??= { reason: end.reason };
      continue;
    }
    for (const [id, sent] of end.value.outcomes) outcomes.set(id, sent);
    unanswered.push(...end.value.unanswered);
    trouble = worse(trouble, end.value.trouble);
  }
  if (failure && ends.every(({ status }) => status === "rejected")) throw failure.reason;
  return { outcomes, trouble, unanswered, failure };
};

/** What nobody but a person can mend, before what was not answered, before the longest wait; which is kept in any case. */
const worse = (one: Trouble | null, other: Trouble | null): Trouble | null => {
  if (one === null || other === null) return one ?? other;
  const [longer, shorter] = (other.waitMs ?? -1) > (one.waitMs ?? -1) ? [other, one] : [one, other];
  const first = gravityOf(shorter) > gravityOf(longer) ? shorter : longer;
  return { ...first, waitMs: longer.waitMs };
};

const gravityOf = ({ retry, cause }: Trouble): number =>
  retry === "never" ? 2 : cause === "unanswered" ? 1 : 0;
