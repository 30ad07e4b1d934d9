import { findName, quoteName, quoteNames, type CompiledAllowBlock } from "@/lib/domain/names/allow-block";

import type { Blocked } from "./blocked";
import type { Vouching } from "./candidate";

/**
 * What of its tags speaks against it. A blocked tag of any of the team's sources does, as the strictest TLP of all counts; an
 * allowed one must come from a source that the connector takes.
 */
export const findByTags = (
  all: readonly Vouching[],
  chosen: readonly Vouching[],
  { allow, block }: CompiledAllowBlock,
): Blocked | null => {
  if (block.length > 0)
    for (const { tags, feedName } of all) {
      const blocked = findName(tags, block);
      if (blocked === undefined) continue;
      const reason = `“${feedName}” tags it ${quoteName(blocked)}, which this connector keeps in.`;
      return { code: "tag-blocked", reason };
    }
  if (allow.length === 0 || chosen.some(({ tags }) => findName(tags, allow) !== undefined)) return null;
  const reason = `This connector takes only what is tagged ${quoteNames(allow)}, and no source that it takes says so.`;
  return { code: "tag-not-selected", reason };
};
