import "server-only";

import { DEFENDER_LIMITS } from "@/lib/connectors/defender/limits";
import { SENTINEL_LIMITS } from "@/lib/connectors/sentinel/limits";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { TextLimits } from "@/lib/domain/delivery/record-texts";

/** How long the texts of a record may be at a destination. */
export const textLimits = (kind: ConnectorKind): TextLimits => {
  if (kind === "sentinel") {
    const { name, description } = SENTINEL_LIMITS.characters;
    return { title: name, description };
  }
  const { title, description } = DEFENDER_LIMITS.characters;
  return { title, description };
};
