import "server-only";

import { asSystem } from "@/lib/db/scope";
import { Prisma } from "@/lib/db/generated/client";
import { formerNamesOf } from "@/lib/db/queries/former-names";

/** What a team was called before, but for what another team is or was called: records may still bear these names. */
export const readFormerNames = (teamId: string): Promise<string[]> =>
  asSystem("delivery", async (tx) => {
    const rows = await tx.$queryRaw<{ former: string[] }[]>`
      SELECT ${Prisma.raw(formerNamesOf("t"))} AS former FROM team t WHERE t.id = ${teamId}::uuid`;
    return rows.flatMap(({ former }) => former);
  });
