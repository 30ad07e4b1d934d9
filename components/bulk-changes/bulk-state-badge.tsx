import { CircleCheck, Clock, LoaderCircle, TriangleAlert } from "lucide-react";

import { StateBadge, type StateLook } from "@/components/ui/state-badge";
import type { BulkState } from "@/lib/domain/indicator/bulk-change";

const LOOKS: Readonly<Record<BulkState, StateLook>> = {
  queued: { word: "Waiting", icon: Clock, tone: "neutral", hint: "A worker takes it up." },
  running: { word: "Under way", icon: LoaderCircle, tone: "info", isMoving: true, hint: "Piece by piece." },
  done: { word: "Done", icon: CircleCheck, tone: "success", hint: "Every indicator has its outcome." },
  stopped: { word: "Stopped", icon: TriangleAlert, tone: "danger", hint: "It could not go on." },
};

/** The state of a change of many as icon, word and colour. */
export const BulkStateBadge = ({ state, isPlain }: { state: BulkState; isPlain?: boolean }) => (
  <StateBadge look={LOOKS[state]} isPlain={isPlain} />
);
