import "server-only";

import { z } from "zod";

import type { Prisma } from "@/lib/db/generated/client";
import { checksSchema, type Checks } from "@/lib/domain/checks";
import {
  CREDENTIAL_KINDS,
  EXPIRY_SOURCES,
  type CredentialKind,
  type ExpirySource,
} from "@/lib/domain/connector/credential-life";

export const CREDENTIAL_SELECT = {
  kind: true,
  createdAt: true,
  expiresAt: true,
  expirySource: true,
  thumbprint: true,
  refusedAt: true,
  refusal: true,
} as const satisfies Prisma.CredentialSelect;

export type CredentialRow = Prisma.CredentialGetPayload<{ select: typeof CREDENTIAL_SELECT }>;

/** What is told of a credential. Nothing of what it proves itself with is in it. */
export type CredentialView = {
  kind: CredentialKind;
  createdAt: Date;
  expiresAt: Date | null;
  expirySource: ExpirySource | null;
  /** SHA-256 of a certificate, as Entra ID shows it. */
  thumbprint: string | null;
  /** When Microsoft first did not take it, and why; null while it does. */
  refusedAt: Date | null;
  refusal: string | null;
};

/** Shapes a row for the outside. */
export const toCredentialView = ({ kind, expirySource, ...row }: CredentialRow): CredentialView => ({
  kind: z.enum(CREDENTIAL_KINDS).parse(kind),
  expirySource: z.enum(EXPIRY_SOURCES).nullable().parse(expirySource),
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  thumbprint: row.thumbprint,
  refusedAt: row.refusedAt,
  refusal: row.refusal,
});

export type StoredTest = Checks & { at: Date };

/** The result of a test as it was kept, or null. */
export const readStoredTest = (value: unknown): StoredTest | null => {
  const parsed = storedTestSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
};

const storedTestSchema = checksSchema.extend({ at: z.coerce.date() });
