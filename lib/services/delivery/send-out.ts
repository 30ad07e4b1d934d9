import "server-only";

import type { Operation } from "@/lib/connectors/contract";
import { TRIES_IN_PLACE } from "@/lib/domain/delivery/wait-after-failure";
import { vetMakers } from "@/lib/services/planning/vet-makers";

import { leaveForRoom } from "./await-room";
import type { Context } from "./delivery-context";
import { introduce } from "./introduce";
import { sendBeside, type SentBeside } from "./lanes";
import type { Batch } from "./prepare-batch";
import type { Sent, Trouble } from "./send-batch";
import { settleItems, type Settlement } from "./settle-items";
import { sizeOf } from "./take-batch";

/** `isAnswered`: an item was judged. */
export type SentOut = { settlements: Settlement[]; isAnswered: boolean } & Pick<
  SentBeside,
  "trouble" | "unanswered" | "failure"
>;

/** Sends a prepared batch and says what became of each of its items. Throws when every request broke off, as when it is told to stop. */
export const sendOut = async (context: Context, batch: Batch): Promise<SentOut> => {
  const { push, own, lanes, signal } = context;
  const { connectorId, kind } = push;
  const { ownership } = own.destination;
  const { isSentAgain, isOurMaker, asOf } = batch;
  const { applications } = lanes(0);
  const vetted =
    kind === "defender" ? await vetMakers(batch.ready, { applications, connectorId, signal }) : ALL_OURS;
  const sendable = batch.ready.filter(({ item }) => !vetted.foreign.has(item.indicatorId));
  const obstacle = vetted.trouble ?? (await introduceFirst(context, batch));
  const sent = obstacle
    ? { outcomes: new Map<string, Sent>(), trouble: obstacle, unanswered: [], failure: null }
    : await sendBeside(sendable, {
        ...{
          lanes,
          perRequest: sizeOf(own).perRequest,
          connectorId,
          ownership,
          isSentAgain,
          isOurMaker,
          asOf,
          signal,
        },
        isSingly: SINGLE_REQUESTS.has(batch.request),
      });
  const { outcomes: judged, trouble, unanswered, failure } = await leaveForRoom(push, sent, sendable);
  const left = [...vetted.foreign].map(
    ([id, maker]) => [id, { status: "foreign", maker, remoteId: null, isGone: false }] as const,
  );
  const outcomes = new Map<string, Sent>([...judged, ...left]);
  const isAnswered = [...judged.values()].some(({ status }) => status !== "open");
  const settlements = settleItems(batch, outcomes, push);
  return { settlements, trouble, unanswered, failure, isAnswered };
};

/**
 * Nothing refers to who made it before that is there. Where a few tries are not answered, the records go without for now: the service may
 * answer them.
 */
const introduceFirst = async (context: Context, { ready, asOf }: Batch): Promise<Trouble | null> => {
  const { push, lanes, signal, createdByRef, progress } = context;
  if (progress.isIntroduced || ready.every(({ put }) => put === null)) return null;
  if (progress.failures >= TRIES_IN_PLACE) {
    progress.isIntroduced = true;
    return null;
  }
  const { applications, departures } = lanes(0);
  const application = await applications(push.connectorId);
  const trouble = await introduce({ application, departures, createdByRef, asOf, signal });
  progress.isIntroduced = trouble === null;
  return trouble;
};

const ALL_OURS = { foreign: new Map<string, never>(), trouble: null };

const SINGLE_REQUESTS: ReadonlySet<Operation> = new Set(["defender.submit", "defender.delete"]);
