import "server-only";

import { asTeam } from "@/lib/db/scope";

/** The names of a team's other connectors, by which what joins its own list goes out as well. */
export const listOtherConnectors = async ({
  id,
  teamId,
}: {
  id: string;
  teamId: string;
}): Promise<string[]> => {
  const rows = await asTeam(teamId, (tx) =>
    tx.connector.findMany({
      where: { teamId, deletedAt: null, id: { not: id } },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      select: { name: true },
    }),
  );
  return rows.map(({ name }) => name);
};
