import { z } from "zod";

import { CONNECTOR_MODES } from "@/lib/domain/connector/kinds";

/** A connector of which an answer says how much an act would do there. */
export const reachSchema = {
  connectorId: z.uuid(),
  connector: z.string(),
  mode: z.enum(CONNECTOR_MODES),
  enabled: z.boolean(),
};

/** What of an act's values is in pushes at one connector. */
export const onItsWaySchema = z.array(z.object({ pushId: z.uuid(), count: z.number() })).meta({
  description:
    "What is in pushes that have not ended, besides `remove`: it is not sent, or taken back once it has arrived.",
});
