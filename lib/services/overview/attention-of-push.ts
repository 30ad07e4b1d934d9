import type { UnderWay } from "@/lib/services/delivery/read-under-way";

import type { Attention } from "./attention";

type Stop = { by: string; reason: string };

/** All sending of the installation is switched off; with how much of the team's waits for that. */
export const attentionOfStop = (stop: Stop | null, underWay: readonly UnderWay[]): Attention[] =>
  stop === null
    ? []
    : [
        {
          kind: "stopped-sending",
          message: `Nothing is sent to any destination: ${stop.by} switched all sending off: ${quote(stop.reason)}${sayWaiting(underWay)}`,
          path: "connectors",
        },
      ];

/** A connector's sending is switched off. */
export const attentionOfOwnStop = (
  { id, name, stop }: { id: string; name: string; stop: Stop | null },
  underWay: readonly UnderWay[],
): Attention[] =>
  stop === null
    ? []
    : [
        {
          kind: "stopped-sending",
          message: `${name} sends nothing: ${stop.by} switched it off: ${quote(stop.reason)}${sayWaiting(underWay.filter(({ connectorId }) => connectorId === id))}`,
          path: `connectors/${id}`,
        },
      ];

/** A push that stopped, or has waited for its destination for longer than a stumble takes. What waits for a switch is told with that. */
export const attentionOfPush = (push: UnderWay, now: Date): Attention[] => {
  const { id, connector, state, waitingSince, message, isSendingOff } = push;
  const path = `pushes/${id}`;
  const why = message === null ? "" : ` ${message}`;
  if (state === "stopped")
    return [{ kind: "stopped-push", message: `${connector}: a push stopped${sayLeft(push)}.${why}`, path }];
  const isLong = waitingSince !== null && now.getTime() - waitingSince.getTime() > STUMBLE_MS;
  if (!isLong || isSendingOff) return [];
  return [
    {
      kind: "waiting-push",
      message: `${connector}: a push waits for Microsoft${sayLeft(push)}.${why}`,
      path,
    },
  ];
};

/** A reason as it was given, as the end of a sentence. */
const quote = (reason: string): string => `“${reason}”${/[.!?…]$/.test(reason) ? "" : "."}`;

const sayWaiting = (underWay: readonly UnderWay[]): string => {
  const waiting = underWay.filter(({ isSendingOff }) => isSendingOff);
  const left = waiting.reduce((sum, push) => sum + push.left, 0);
  if (left === 0) return "";
  const what = left === 1 ? "1 indicator waits" : `${left.toLocaleString("en-US")} indicators wait`;
  return ` ${what} in ${waiting.length === 1 ? "a push" : `${String(waiting.length)} pushes`}.`;
};

const sayLeft = ({ left, planned }: UnderWay): string =>
  left === 0
    ? ""
    : `, ${left.toLocaleString("en-US")} of ${planned.toLocaleString("en-US")} still to be sent`;

/** Shorter than this nobody has to hear of it. */
const STUMBLE_MS = 2 * 60_000;
