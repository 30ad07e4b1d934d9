import "server-only";

import { z } from "zod";

import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import type { Override } from "@/lib/domain/selection/override";

const rowSchema = z.object({
  absent: z.boolean(),
  action: z.enum(ACTIONS).nullable(),
  severity: z.enum(SEVERITIES).nullable(),
  expires_at: z.coerce.date().nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  reason: z.string(),
  decided_by_name: z.string(),
});

/** A row of `record_override`, as the selection sees it. */
export const readOverride = (row: unknown): Override => {
  const { absent, action, severity, title, description, ...facts } = rowSchema.parse(row);
  const { expires_at: expiresAt, reason, decided_by_name: by } = facts;
  const words = title === null && description === null ? null : { title, description };
  return { by, reason, isAbsent: absent, action, severity, expiresAt, words };
};
