import type { FeedSource } from "@/lib/feeds/source";

import { checkStep } from "../check-step";
import { createAsk } from "./ask";
import { toLine } from "./line";
import { locateCollection } from "./locate";
import { readPages } from "./pages";

/** Finds the collection of a TAXII server and reads its first page, and says step by step what came of it. */
export const checkTaxii: FeedSource["check"] = async (context) => {
  const ask = createAsk(context);
  const located = await checkStep("Collection", LOCATE_FIX, async () => {
    const { collection: wanted } = context.settings.taxii;
    const value = await locateCollection({ address: context.url, wanted, ask });
    return { value, detail: `“${value.title}” can be read.` };
  });
  if (!located.value) return [located.check];
  const { objects } = located.value;
  const page = await checkStep("Objects", OBJECTS_FIX, async () => {
    for await (const { objects: found } of readPages({ objects, ask, since: null, signal: context.signal })) {
      const indicators = found.filter((object) => {
        const read = toLine(object);
        return read?.ok === true && read.line.isIndicator;
      });
      const count = indicators.length.toLocaleString("en-US");
      return { value: found, detail: `The first page holds ${count} indicators.` };
    }
    return { value: [], detail: "The collection is empty." };
  });
  return [located.check, page.check];
};

const LOCATE_FIX =
  "Check the address and the sign-in. The address of a TAXII 2.1 server's discovery often ends in /taxii2/; a collection is named by its id or title.";
const OBJECTS_FIX =
  "The collection was found, its objects cannot be read. Ask whoever runs the server for the right to read it.";
