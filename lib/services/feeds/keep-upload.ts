import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { AppError } from "@/lib/domain/errors";

import { readPartState } from "./stored-body";

type Upload = { previewId: string | undefined; feedId: string; teamId: string; now: Date };
export type KeptUpload = { bodyId: string; name: string; bytes: number };

/**
 * Makes an uploaded file a feed's own, so that it is kept with it. Each file serves one feed. Throws `not_found` when its
 * time is over, a feed has it, or it is no whole file.
 */
export const keepUpload = async (tx: Tx, { previewId, feedId, teamId, now }: Upload): Promise<KeptUpload> => {
  const [kept] =
    previewId === undefined
      ? []
      : await tx.body.updateManyAndReturn({
          where: { id: previewId, teamId, feedId: null, expiresAt: { gt: now } },
          data: { feedId, expiresAt: null },
          select: { id: true, bytes: true, sourceState: true },
        });
  if (!kept) throw gone();
  const part = readPartState(kept.sourceState);
  if (part.isBeginning || part.cutShort !== null) throw gone();
  const { name } = uploadStateSchema.parse(kept.sourceState ?? {});
  return { bodyId: kept.id, name, bytes: Number(kept.bytes) };
};

const gone = (): AppError => {
  const detail = "The uploaded file is no longer kept. Choose it again.";
  return new AppError("not_found", detail, { fields: [{ pointer: "/previewId", detail }] });
};

const uploadStateSchema = z.object({ name: z.string().catch("") });
