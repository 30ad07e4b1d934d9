import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Tx } from "@/lib/db/client";
import type { Actor } from "@/lib/domain/access/actor";
import { KEPT_HOURS } from "@/lib/domain/connector/credential-life";

import {
  CREDENTIAL_SELECT,
  readStoredTest,
  toCredentialView,
  type CredentialView,
  type StoredTest,
} from "./credential-view";

export type ConnectorCredentials = {
  active: CredentialView | null;
  /** What is to take its place, with the result of its last test. */
  successor: (CredentialView & { lastTest: StoredTest | null }) | null;
  /** What was replaced and can be gone back to until then. */
  previous: (CredentialView & { keptUntil: Date }) | null;
};

type Connector = { id: string; teamId: string };

/** What a connector signs in with, what waits to take its place, and what can be gone back to. */
export const listCredentials = (actor: Actor, { id, teamId }: Connector): Promise<ConnectorCredentials> =>
  asActor(actor, async (tx) => {
    const where = { connectorId: id, teamId };
    const active = await tx.credential.findFirst({
      where: { ...where, state: "active" },
      select: CREDENTIAL_SELECT,
    });
    const staged = await tx.credential.findFirst({
      where: { ...where, state: "staged" },
      select: { ...CREDENTIAL_SELECT, lastTest: true },
    });
    const kept = await findKept(tx, { id, teamId }, new Date());
    return {
      active: active && toCredentialView(active),
      successor: staged && { ...toCredentialView(staged), lastTest: readStoredTest(staged.lastTest) },
      previous: kept && { ...toCredentialView(kept), keptUntil: kept.keptUntil },
    };
  });

/** The credential that was replaced last, while it is kept. */
export const findKept = async (tx: Tx, { id, teamId }: Connector, now: Date) => {
  const since = new Date(now.getTime() - KEPT_HOURS * HOUR_MS);
  const kept = await tx.credential.findFirst({
    where: { connectorId: id, teamId, state: "retired", sealed: { not: "" }, retiredAt: { gt: since } },
    orderBy: { retiredAt: "desc" },
    select: { id: true, retiredAt: true, ...CREDENTIAL_SELECT },
  });
  return kept?.retiredAt
    ? { ...kept, keptUntil: new Date(kept.retiredAt.getTime() + KEPT_HOURS * HOUR_MS) }
    : null;
};

const HOUR_MS = 3_600_000;
