import "server-only";

import type { CredentialWatch } from "@/lib/connectors/api-client";
import type { Destination } from "@/lib/connectors/contract";
import type { ApplicationCredential } from "@/lib/connectors/entra/credential";
import { openDestination } from "@/lib/connectors/registry";
import { asSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import type { CloudOverrides } from "@/lib/domain/connector/cloud-addresses";
import type { Cloud } from "@/lib/domain/connector/kinds";
import { logger } from "@/lib/observability/logger";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { createPacer, type Pacer } from "@/lib/services/delivery/pace";

import { fromStoredCloud } from "./cloud-column";
import { readOverrides } from "./cloud-overrides";
import { openCredential } from "./credentials";
import { applicationOf, type OpenDestination } from "./open-connector";

/** The application that an administrator gave a destination to read it, its secret open. */
export type ReaderAccess = {
  readerId: string;
  destinationId: string;
  cloud: Cloud;
  tenantId: string;
  clientId: string;
  sourceSystem: string;
  credential: ApplicationCredential;
  /** Entra ID's id of a secret. */
  keyId: string | null;
  isRefused: boolean;
  overrides: CloudOverrides;
};

/** A way to read a tenant whole, and to do nothing else there. */
export type Reader = {
  /** It leads there for no connector. */
  access: { destinationId: string; clientId: string; connectorId: null };
  destination: Destination;
  pacer: Pacer;
};

/** The reader of a destination; null where an administrator set none. Throws `invalid_input` where it cannot be opened. */
export const readReaderAccess = (destinationId: string): Promise<ReaderAccess | null> =>
  asSystem("delivery", async (tx) => {
    const row = await tx.destinationReader.findUnique({
      where: { destinationId },
      select: {
        ...{ id: true, clientId: true, sealed: true, keyId: true, refusedAt: true },
        destination: { select: { cloud: true, tenantId: true, sourceSystem: true } },
      },
    });
    if (!row) return null;
    const { id, clientId, keyId, refusedAt, destination } = row;
    return {
      ...{ readerId: id, destinationId, clientId, keyId, isRefused: refusedAt !== null },
      cloud: fromStoredCloud(destination.cloud),
      tenantId: destination.tenantId,
      sourceSystem: destination.sourceSystem,
      credential: openCredential(row),
      overrides: await readOverrides(tx),
    };
  });

/** Opens the way; nothing is sent yet, and no write of it ever leaves. */
export const openReader = (
  access: Omit<ReaderAccess, "readerId" | "keyId" | "isRefused">,
  { open = openDestination, longestWaitMs, watch }: Opening = {},
): Reader => {
  const { destinationId, tenantId, clientId, sourceSystem } = access;
  const pacer = createPacer({
    ...{ destinationId, tenantId, clientId },
    ...(longestWaitMs !== undefined && { longestWaitMs }),
  });
  const destination = open({
    ...applicationOf(access),
    ...{ kind: "defender", azure: null, workspaceId: null, sourceSystem, pace: pacer.pace, watch },
    isDryRun: true,
  });
  return { access: { destinationId, clientId, connectorId: null }, destination, pacer };
};

type Opening = {
  open?: OpenDestination | undefined;
  longestWaitMs?: number | undefined;
  watch?: CredentialWatch | undefined;
};

/** Notes with a reader that Microsoft does not take its credential, once, and that it does again. */
export const watchReader = ({ readerId, destinationId, isRefused }: ReaderAccess): CredentialWatch => ({
  refused: (why) => noteRefusal({ readerId, destinationId }, why.slice(0, MAX_CHARACTERS)),
  ...(isRefused && { accepted: () => noteAcceptance(readerId) }),
});

type Watched = Pick<ReaderAccess, "readerId" | "destinationId">;

const noteRefusal = ({ readerId, destinationId }: Watched, refusal: string): Promise<void> =>
  asSystem("delivery", async (tx) => {
    const now = new Date();
    const { count } = await tx.destinationReader.updateMany({
      where: { id: readerId, refusedAt: null },
      data: { refusedAt: now, refusal },
    });
    if (count === 0) return;
    const subject = { type: "destination", id: destinationId };
    const detail = { why: refusal };
    await recordAudit(tx, { teamId: null, doer: SYSTEM, action: "reader.refused", subject, detail }, now);
    logger.warn({ destinationId }, "Microsoft does not accept a destination's credential");
  });

const noteAcceptance = (readerId: string): Promise<void> =>
  asSystem("delivery", async (tx) => {
    await tx.destinationReader.updateMany({
      where: { id: readerId },
      data: { refusedAt: null, refusal: null },
    });
  });

const MAX_CHARACTERS = 1_000;
