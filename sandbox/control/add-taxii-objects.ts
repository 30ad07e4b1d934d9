import { z } from "zod";

import { DEMO_COLLECTION, MIXED_COLLECTION, TAXII_ENTRIES } from "../feeds/taxii-objects";
import { type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { taxiiEntrySchema } from "../state/taxii-entry";
import { type World } from "../world";

import { pretty, readControl } from "./control-call";

const addSchema = z.strictObject({
  /** Default: the demo indicators. */
  collection: z.enum([DEMO_COLLECTION, MIXED_COLLECTION]).default(DEMO_COLLECTION),
  objects: z.array(taxiiEntrySchema.shape.object).min(1).max(1_000),
});

/** `POST /_control/feeds/taxii`: adds objects, or newer versions of objects, to a collection. */
export const addTaxiiObjects = (call: Call, world: World): Reply => {
  const { collection, objects } = readControl(call, addSchema);
  const { taxiiAdded } = world.state;
  const before = [...TAXII_ENTRIES, ...taxiiAdded].map(({ addedAt }) => Date.parse(addedAt));
  // Later than all there is, whatever the clock says: a client goes by this date.
  const first = Math.max(world.now().getTime(), Math.max(...before) + 1);
  taxiiAdded.push(
    ...objects.map((object, index) => ({
      collection,
      addedAt: new Date(first + index).toISOString().replace("Z", "000Z"),
      object,
    })),
  );
  world.changed();
  return pretty({ added: objects.length });
};
