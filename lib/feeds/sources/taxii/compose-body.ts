import { revokedLine, type Gathered } from "./gather";
import { idOfLine, isIndicatorId } from "./line";

type Parts = {
  /** The earlier body, when only changes were asked for. */
  previous: AsyncIterable<string> | null;
  gathered: Pick<Gathered, "context" | "newest">;
  /** The lines that were gathered, to be read once. */
  aside: AsyncIterable<string>;
};

/**
 * The body: identities and markings by their ids, then the indicators in the order in which they were added, each in its
 * newest version and none that was revoked. The same objects give the same bytes, whether asked for now or carried forward.
 */
export async function* composeBody({
  previous,
  gathered,
  aside,
}: Parts): AsyncGenerator<string, void, undefined> {
  const context = new Map([...gathered.context].map(([id, { text }]) => [id, text]));
  const writeContext = function* (): Generator<string> {
    for (const id of [...context.keys()].sort()) yield context.get(id) ?? "";
    context.clear();
  };
  // In an earlier body they stand before the first indicator, too.
  let isContext = true;
  for await (const line of previous ?? []) {
    const id = idOfLine(line);
    if (!isIndicatorId(id)) {
      if (!context.has(id)) context.set(id, line);
      continue;
    }
    if (isContext) yield* writeContext();
    isContext = false;
    if (!gathered.newest.has(id)) yield line;
  }
  yield* writeContext();
  let number = 0;
  for await (const line of aside) {
    const id = idOfLine(line);
    if (gathered.newest.isNewest(id, number) && line !== revokedLine(id)) yield line;
    number++;
  }
}
