import "server-only";

import { permittedActions } from "@/lib/connectors/unsupported";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { INDICATOR_TYPES, type IndicatorType } from "@/lib/domain/indicator/types";

/** The types of which a destination keeps no record, whatever the value. */
export const listUntakenTypes = (kind: ConnectorKind): IndicatorType[] =>
  INDICATOR_TYPES.filter((type) => permittedActions(kind, type).length === 0);
