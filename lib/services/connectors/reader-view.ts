import "server-only";

import type { Prisma } from "@/lib/db/generated/client";

import { CREDENTIAL_SELECT, toCredentialView, type CredentialView } from "./credential-view";

export const READER_SELECT = {
  ...CREDENTIAL_SELECT,
  clientId: true,
  lookedAt: true,
  problem: true,
  createdByName: true,
} as const satisfies Prisma.DestinationReaderSelect;

/** What is told of the application that reads a destination, to administrators. */
export type ReaderView = CredentialView & {
  clientId: string;
  /** Who set it. */
  createdBy: string;
  /** When it last read the whole tenant, and why it could not since. */
  lookedAt: Date | null;
  problem: string | null;
};

/** Shapes a row for the outside; nothing of what it proves itself with is in it. */
export const toReaderView = (
  row: Prisma.DestinationReaderGetPayload<{ select: typeof READER_SELECT }>,
): ReaderView => {
  const { clientId, lookedAt, problem, createdByName: createdBy } = row;
  return { ...toCredentialView(row), clientId, lookedAt, problem, createdBy };
};
