import "server-only";

import { bulkAsTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";

import { spoolBody } from "./body-spool";
import { PREVIEW_KEPT_MS } from "./stored-body";

type File = { bytes: AsyncIterable<Uint8Array>; name: string; contentType: string | null };
type Uploaded = { previewId: string; bytes: number; name: string };

/**
 * Takes a file in as it comes, without holding it in memory, and keeps it 15 minutes behind `previewId`: to be looked at
 * (`previewFeed`), and for a feed that is made of it or takes it over. It makes no feed, run or indicator.
 */
export const uploadFile = async (teamId: string, { bytes, name, contentType }: File): Promise<Uploaded> => {
  const body = await spoolBody(bytes, { teamId, feedId: null, contentType, finalUrl: null });
  if (body.bytes === 0) throw new AppError("invalid_input", "The file is empty. Choose another one.");
  const previewId = await bulkAsTeam(teamId, async (client) => {
    const id = await body.save(client, new Date(Date.now() + PREVIEW_KEPT_MS));
    await client.query("UPDATE body SET source_state = $2 WHERE id = $1 AND team_id = $3", [
      id,
      JSON.stringify({ name }),
      teamId,
    ]);
    return id;
  });
  return { previewId, bytes: body.bytes, name };
};
