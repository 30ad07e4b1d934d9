import "server-only";

import { z } from "zod";

import { asSystem } from "@/lib/db/scope";
import { CREDENTIAL_KINDS, EXPIRY_SOURCES, lifeStateOf } from "@/lib/domain/connector/credential-life";

export type CredentialLife = z.output<typeof rowSchema>;

/** What every team's connectors sign in with, and until when: what ends first comes first. */
export const listCredentialLives = (): Promise<CredentialLife[]> =>
  asSystem("operations", async (tx) => {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT c.id AS "connectorId", c.name AS connector, t.slug AS team, t.name AS "teamName", x.kind,
        x.expires_at AS "expiresAt", x.expiry_source AS "expirySource", x.refused_at AS "refusedAt"
      FROM credential x JOIN connector c ON c.id = x.connector_id JOIN team t ON t.id = c.team_id
      WHERE x.state = 'active' AND c.deleted_at IS NULL
      ORDER BY x.refused_at IS NULL, x.expires_at NULLS LAST, c.id`;
    return z.array(rowSchema).parse(rows);
  });

/** Those of them that need a person: refused, ended, or ending soon. */
export const listEndingCredentials = async (now: Date): Promise<CredentialLife[]> =>
  (await listCredentialLives()).filter((life) => NEEDS_A_PERSON.has(lifeStateOf(life, now)));

/** What destinations are read with for all teams, and until when, in the same order. */
export const listReaderLives = (): Promise<ReaderLife[]> =>
  asSystem("operations", async (tx) => {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT d.id AS "destinationId", d.tenant_id AS "tenantId", d.tenant_name AS "tenantName", r.kind, r.expires_at AS "expiresAt", r.refused_at AS "refusedAt"
      FROM destination_reader r JOIN destination d ON d.id = r.destination_id
      ORDER BY r.refused_at IS NULL, r.expires_at NULLS LAST, d.id`;
    return z.array(readerSchema).parse(rows);
  });

/** Those of them that need a person. */
export const listEndingReaders = async (now: Date): Promise<ReaderLife[]> =>
  (await listReaderLives()).filter((life) => NEEDS_A_PERSON.has(lifeStateOf(life, now)));

const NEEDS_A_PERSON: ReadonlySet<string> = new Set(["refused", "expired", "expiring"]);

const rowSchema = z.object({
  connectorId: z.uuid(),
  connector: z.string(),
  team: z.string(),
  teamName: z.string(),
  kind: z.enum(CREDENTIAL_KINDS),
  expiresAt: z.date().nullable(),
  expirySource: z.enum(EXPIRY_SOURCES).nullable(),
  refusedAt: z.date().nullable(),
});

const readerSchema = z.object({
  destinationId: z.uuid(),
  tenantId: z.string(),
  tenantName: z.string().nullable(),
  kind: z.enum(CREDENTIAL_KINDS),
  expiresAt: z.date().nullable(),
  refusedAt: z.date().nullable(),
});
export type ReaderLife = z.output<typeof readerSchema>;
