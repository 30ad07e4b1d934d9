import { z } from "zod";

import { FileAnswer } from "@/lib/api/file-answer";
import type { Actor } from "@/lib/domain/access/actor";
import { exportUnsent } from "@/lib/services/reconcile/export-unsent";

import { FILE_TYPES } from "./file-types";

/** A part of what is looked for, in any case. */
export const partSchema = z.string().trim().min(1).max(200).optional();

export const FILES =
  "As CSV, in which no cell is taken for a formula, or as JSON with the rows as `records`, by the same filters as the list. The file arrives while it is read; values are canonical and live. That it was taken is noted.";

/** What stands at a connector's destination and Sluice did not send, as a file. */
export const unsentFile = (
  actor: Actor,
  connector: { id: string; teamId: string },
  options: Parameters<typeof exportUnsent>[2],
): FileAnswer => {
  const { list, format } = options;
  return new FileAnswer(
    `${list}-${connector.id}.${format}`,
    FILE_TYPES[format],
    exportUnsent(actor, connector, options),
  );
};
