import { DatabaseError } from "pg";

import { Prisma } from "./generated/client";

/**
 * The constraint that a write broke, or null for any other failure. Through a driver adapter P2002 has no
 * `meta.target`; the name is in the adapter's cause.
 */
export const brokenConstraint = (error: unknown): string | null => {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== "P2002") return null;
  const meta: unknown = error.meta;
  return findName(meta) ?? "";
};

/** Whether a statement of `pg` put in what is there already, by that unique index. */
export const isDuplicate = (error: unknown, index: string): boolean =>
  error instanceof DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === index;

const UNIQUE_VIOLATION = "23505";

const findName = (meta: unknown): string | null => {
  const cause = read(read(meta, "driverAdapterError"), "cause");
  const constraint = read(cause, "constraint");
  if (typeof constraint === "string") return constraint;
  const index = read(constraint, "index");
  if (typeof index === "string") return index;
  const fields = read(constraint, "fields");
  return Array.isArray(fields) ? fields.join(",") : null;
};

const read = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && key in value
    ? (value as Record<string, unknown>)[key]
    : undefined;
