import { z } from "zod";

/** Why a person stops or holds something back. */
export const reasonSchema = z
  .string()
  .trim()
  .min(1, "Say why: it is kept in the audit.")
  .max(1_000, "Use at most 1,000 characters.");
