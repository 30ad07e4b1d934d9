import {
  CircleCheck,
  CircleDashed,
  CircleMinus,
  CirclePause,
  CircleStop,
  CircleX,
  Clock,
  Eye,
  FilePen,
  LoaderCircle,
  TriangleAlert,
  Undo2,
  UserCheck,
} from "lucide-react";

import { formatNumber } from "@/components/ui/format-number";
import { lowerFirst } from "@/components/ui/lower-first";
import { StateBadge, type StateLook } from "@/components/ui/state-badge";
import type { ConnectorState } from "@/lib/domain/connector/connector-state";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import { phaseOf, type PlanPhase } from "@/lib/domain/delivery/plan-phase";

/** How each phase of a plan looks and what it means. */
const PLAN_LOOKS = {
  "to-review": {
    word: "To review",
    icon: FilePen,
    tone: "info",
    hint: "Nothing is sent before it is applied.",
  },
  approved: {
    word: "Approved, to apply",
    icon: UserCheck,
    tone: "info",
    hint: "By a second person. Nothing is sent before it is applied.",
  },
  "being-applied": {
    word: "Being applied",
    icon: LoaderCircle,
    tone: "info",
    isMoving: true,
    hint: "Its push is under way.",
  },
  stopped: { word: "Stopped", icon: CircleStop, tone: "danger", hint: "Its push ended before all was sent." },
  applied: { word: "Applied", icon: CircleCheck, tone: "success", hint: "All of it was accepted there." },
  "partly-applied": {
    word: "Applied",
    icon: TriangleAlert,
    tone: "warning",
    hint: "Its push is done; some of it failed or was skipped.",
  },
  stale: {
    word: "Stale",
    icon: TriangleAlert,
    tone: "warning",
    hint: "Something changed since it was made.",
  },
} as const satisfies Record<PlanPhase, StateLook>;

const WAITS = "Microsoft does not answer, asked us to wait, or has no room yet; it goes on by itself.";

/** How each state of a push looks and what it means. */
const PUSH_LOOKS = {
  queued: { word: "Queued", icon: Clock, tone: "neutral", hint: "Waits for a worker." },
  running: {
    word: "Running",
    icon: LoaderCircle,
    tone: "info",
    isMoving: true,
    hint: "Being sent in batches.",
  },
  waiting: {
    word: "Waiting",
    icon: Clock,
    tone: "warning",
    hint: WAITS,
  },
  "sending-off": {
    word: "Sending is off",
    icon: CircleStop,
    tone: "danger",
    hint: "Somebody switched sending off; it goes on by itself when it is switched on again.",
  },
  done: { word: "Done", icon: CircleCheck, tone: "success", hint: "Every planned indicator has a receipt." },
  stopped: { word: "Stopped", icon: CircleStop, tone: "danger", hint: "Ended before everything was sent." },
} as const satisfies Record<string, StateLook>;

/** How each state of a receipt looks and what it means. */
export const RECEIPT_LOOKS = {
  pending: { word: OUTCOME_WORDS.pending, icon: Clock, tone: "neutral", hint: "Planned, not yet sent." },
  accepted: {
    word: OUTCOME_WORDS.accepted,
    icon: CircleCheck,
    tone: "success",
    hint: "The destination answered that it took it.",
  },
  visible: {
    word: OUTCOME_WORDS.visible,
    icon: Eye,
    tone: "success",
    hint: "Read back from the destination.",
  },
  failed: {
    word: OUTCOME_WORDS.failed,
    icon: CircleX,
    tone: "danger",
    hint: "It was not taken, not removed or never answered: the reason says which.",
  },
  withdrawing: {
    word: OUTCOME_WORDS.withdrawing,
    icon: Undo2,
    tone: "info",
    hint: "Its removal is on its way, or not confirmed yet.",
  },
  gone: {
    word: OUTCOME_WORDS.gone,
    icon: CircleMinus,
    tone: "neutral",
    hint: "Seen to be gone. Where that cannot be read back, its removal was accepted: the reason says so.",
  },
  skipped: {
    word: OUTCOME_WORDS.skipped,
    icon: CircleDashed,
    tone: "neutral",
    hint: "Left out when it was to be sent.",
  },
} as const satisfies Record<string, StateLook>;

/** How a connector is doing. */
const CONNECTOR_LOOKS = {
  ready: { word: "Ready", icon: CircleCheck, tone: "success", hint: "Nothing is known against it." },
  untested: { word: "Not tested", icon: CircleDashed, tone: "neutral", hint: "Test the connection first." },
  failing: {
    word: "Failing",
    icon: CircleX,
    tone: "danger",
    hint: "Its last test or comparison failed, or a push of it stopped.",
  },
  waiting: {
    word: "Waiting",
    icon: Clock,
    tone: "warning",
    hint: WAITS,
  },
  stopped: {
    word: "Sending is off",
    icon: CircleStop,
    tone: "danger",
    hint: "Nothing leaves until somebody switches it on again.",
  },
  paused: {
    word: "Paused",
    icon: CirclePause,
    tone: "warning",
    hint: "Nothing new is planned or applied; removals still can be.",
  },
} as const satisfies Record<ConnectorState, StateLook>;

export type ShownPlan = Parameters<typeof phaseOf>[0];
export type ShownPushState = Exclude<keyof typeof PUSH_LOOKS, "waiting" | "sending-off">;
export type ShownReceiptState = keyof typeof RECEIPT_LOOKS;

type Props<State> = { state: State; isPlain?: boolean };

/** Where a plan is on its way as icon, word and colour; of one that is being applied, or was not taken whole, how much is there. */
export const PlanStateBadge = ({ plan, isPlain }: { plan: ShownPlan; isPlain?: boolean }) => {
  const { phase, taken, planned } = phaseOf(plan);
  const look: StateLook = PLAN_LOOKS[phase];
  const isCounted = phase === "being-applied" || phase === "stopped" || phase === "partly-applied";
  const word = `${look.word}, ${formatNumber(taken)} of ${formatNumber(planned)} accepted`;
  return <StateBadge look={isCounted ? { ...look, word } : look} isPlain={isPlain} />;
};

type PushProps = Props<ShownPushState> & {
  failed?: number;
  waitingSince?: Date | null;
  /** Where it would go, nothing may be sent. */
  isSendingOff?: boolean;
};

/** The state of a push as icon, word and colour; one that is done says how much of it failed. */
export const PushStateBadge = ({ state, isPlain, ...facts }: PushProps) => (
  <StateBadge look={pushLook(state, facts)} isPlain={isPlain} />
);

const pushLook = (
  state: ShownPushState,
  { failed = 0, waitingSince = null, isSendingOff = false }: Omit<PushProps, keyof Props<never>>,
): StateLook => {
  if (isSendingOff && (state === "queued" || state === "running")) return PUSH_LOOKS["sending-off"];
  if (state === "done" && failed > 0) return doneBut(failed);
  return state === "running" && waitingSince !== null ? PUSH_LOOKS.waiting : PUSH_LOOKS[state];
};

const doneBut = (failed: number): StateLook => ({
  word: `Done, ${formatNumber(failed)} ${lowerFirst(OUTCOME_WORDS.failed)}`,
  icon: TriangleAlert,
  tone: "warning",
  hint: "Every planned indicator has a receipt; those that failed say why.",
});

/** The state of one indicator at one destination as icon, word and colour. */
export const ReceiptStateBadge = ({ state, isPlain }: Props<ShownReceiptState>) => (
  <StateBadge look={RECEIPT_LOOKS[state]} isPlain={isPlain} />
);

/** How a connector is doing, as icon, word and colour. */
export const ConnectorStateBadge = ({ state, isPlain }: Props<ConnectorState>) => (
  <StateBadge look={CONNECTOR_LOOKS[state]} isPlain={isPlain} />
);
