import {
  CircleCheck,
  CircleEqual,
  CirclePlus,
  CircleX,
  Copy,
  Hourglass,
  RefreshCw,
  ShieldCheck,
  Undo2,
} from "lucide-react";

import type { StateLook } from "@/components/ui/state-badge";

import type { AddResult, CheckedValue } from "./add-answers";

/** How each verdict of a check looks: what adding the value would do. */
export const VERDICT_LOOKS: Readonly<Record<CheckedValue["verdict"], StateLook>> = {
  new: { word: "New", icon: CirclePlus, tone: "success" },
  known: { word: "Known", icon: CircleEqual, tone: "info" },
  withdrawn: { word: "Withdrawn", icon: Undo2, tone: "warning" },
  duplicate: { word: "Twice", icon: Copy, tone: "neutral" },
  allowlisted: { word: "Never sent", icon: ShieldCheck, tone: "warning" },
  rejected: { word: "No indicator", icon: CircleX, tone: "danger" },
};

/** How each outcome of adding looks. */
export const OUTCOME_LOOKS: Readonly<Record<AddResult["outcome"], StateLook>> = {
  added: { word: "Added", icon: CircleCheck, tone: "success" },
  changed: { word: "Changed", icon: RefreshCw, tone: "info" },
  unchanged: { word: "Unchanged", icon: CircleEqual, tone: "neutral" },
  duplicate: { word: "Twice", icon: Copy, tone: "neutral" },
  allowlisted: { word: "Never sent", icon: ShieldCheck, tone: "warning" },
  proposed: { word: "Waits for a second person", icon: Hourglass, tone: "warning" },
  rejected: { word: "Rejected", icon: CircleX, tone: "danger" },
};
