import { ACTIONS, type Action } from "@/lib/domain/connector/actions";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import type { Candidate, Unsupported, UnsupportedOptions } from "./contract";
import { defenderActions, defenderUnsupported } from "./defender/unsupported";
import { sentinelUnsupported } from "./sentinel/unsupported";

/** Why a destination cannot take a value at all, so that a plan keeps it out with a reason; null when it can. Pure. */
export const unsupportedReason = (
  kind: ConnectorKind,
  candidate: Candidate,
  options: UnsupportedOptions = {},
): Unsupported | null =>
  kind === "defender" ? defenderUnsupported(candidate, options) : sentinelUnsupported(candidate);

/** The actions a destination can carry out on a type, mildest first. Sentinel stores no action, so none is out of place there. */
export const permittedActions = (kind: ConnectorKind, type: IndicatorType): readonly Action[] =>
  kind === "defender" ? defenderActions(type) : ACTIONS;
