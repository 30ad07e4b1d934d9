import { z } from "zod";

import { CONNECTOR_MODES } from "@/lib/domain/connector/kinds";

/** A connector of which an answer says how much an act would do there. */
export const reachSchema = {
  connectorId: z.uuid(),
  connector: z.string(),
  mode: z.enum(CONNECTOR_MODES),
  enabled: z.boolean(),
};
