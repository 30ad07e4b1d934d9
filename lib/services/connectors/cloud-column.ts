import type { Cloud as StoredCloud } from "@/lib/db/generated/enums";
import type { Cloud } from "@/lib/domain/connector/kinds";

// Prisma names enum values by identifiers, and `gcc-high` is none.

/** A cloud as Prisma writes it. */
export const toStoredCloud = (cloud: Cloud): StoredCloud => (cloud === "gcc-high" ? "gcc_high" : cloud);

/** A cloud as everybody else calls it. */
export const fromStoredCloud = (cloud: StoredCloud): Cloud => (cloud === "gcc_high" ? "gcc-high" : cloud);
