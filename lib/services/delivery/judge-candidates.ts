import "server-only";

import { createHash } from "node:crypto";

import type { PoolClient } from "pg";

import type { UnsupportedCode } from "@/lib/connectors/contract";
import { permittedActions, unsupportedReason } from "@/lib/connectors/unsupported";
import type { BlockCode, PlanCode } from "@/lib/domain/selection/codes";
import { describeDifference, type Difference } from "@/lib/domain/selection/compare";
import { decide, type Blocked } from "@/lib/domain/selection/decide";
import { shareText, type Share } from "@/lib/domain/selection/share";
import { readShare } from "@/lib/domain/selection/stored-share";

import type { PlanningConnector } from "./planning-connector";
import { readCandidates, type IdSource, type ReadCandidate } from "./read-candidates";

/** What becomes of one candidate. `keep` needs nothing. */
export type Judged = { id: string; key: string; claimHash: Buffer | null } & (
  | { operation: "add" | "change"; code: PlanCode; reason: string; share: Share; desiredHash: Buffer }
  | { operation: "remove" | "blocked"; code: PlanCode; reason: string; share: null; desiredHash: null }
  | { operation: "keep"; desiredHash: Buffer }
);

type Options = {
  connector: PlanningConnector;
  /** Everything is to be taken back, whatever the policy says. */
  isWithdrawal: boolean;
  now: Date;
};

/** Judges the candidates that `nextIds` names, page by page in order. The same input gives the same verdicts. */
export async function* judgeCandidates(
  client: PoolClient,
  nextIds: IdSource,
  options: Options,
): AsyncGenerator<Judged[]> {
  for await (const page of readCandidates(client, options.connector, nextIds)) {
    const verdicts = page.map((one) => ({ one, verdict: judge(one, options) }));
    const differing = verdicts.filter(({ one, verdict }) => isDifferent(one, verdict));
    const before = await readClaims(
      client,
      options.connector,
      differing.map(({ one }) => one.id),
    );
    yield verdicts.map(({ one, verdict }) => toJudged(one, verdict, before.get(one.id)));
  }
}

type Verdict = { isWanted: true; share: Share; desiredHash: Buffer } | ({ isWanted: false } & Blocked);

const judge = ({ candidate }: ReadCandidate, { connector, isWithdrawal, now }: Options): Verdict => {
  if (isWithdrawal) return TAKEN_BACK;
  const { policy, team } = connector;
  const decision = decide(candidate, {
    policy,
    team,
    now,
    findUnsupported: (type, value) => {
      const unsupported = unsupportedReason(policy.kind, { type, value });
      return unsupported && { code: BLOCKED_BY[unsupported.code], reason: unsupported.message };
    },
    permittedActions: (type) => permittedActions(policy.kind, type),
  });
  return decision.isWanted ? { ...decision, desiredHash: hashShare(decision.share) } : decision;
};

const TAKEN_BACK: Verdict = {
  isWanted: false,
  code: "taken-back",
  reason: "Everything that this connector sent is taken back.",
};

const isDifferent = ({ claimHash }: ReadCandidate, verdict: Verdict): boolean =>
  verdict.isWanted && claimHash !== null && !verdict.desiredHash.equals(claimHash);

const toJudged = (
  { id, key, claimHash }: ReadCandidate,
  verdict: Verdict,
  before: Share | undefined,
): Judged => {
  const one = { id, key, claimHash };
  if (!verdict.isWanted) {
    const { code, reason } = verdict;
    const operation = claimHash === null ? "blocked" : "remove";
    return { ...one, operation, code, reason, share: null, desiredHash: null };
  }
  const { share, desiredHash } = verdict;
  if (claimHash === null)
    return { ...one, operation: "add", code: "new", reason: "Not there yet.", share, desiredHash };
  if (desiredHash.equals(claimHash)) return { ...one, operation: "keep", desiredHash };
  const difference: Difference = before
    ? describeDifference(before, share)
    : { code: "details-changed", reason: "What stands there changed a moment ago." };
  return { ...one, operation: "change", ...difference, share, desiredHash };
};

/** The hash by which a wanted share and a standing claim are compared. */
export const hashShare = (share: Share): Buffer => createHash("sha256").update(shareText(share)).digest();

type ClaimRow = { id: string; action: string; severity: string; expiresAt: Date; content: unknown };

const readClaims = async (
  client: PoolClient,
  { id, teamId }: PlanningConnector,
  indicatorIds: readonly string[],
): Promise<ReadonlyMap<string, Share>> => {
  if (indicatorIds.length === 0) return new Map();
  const { rows } = await client.query<ClaimRow>(
    `SELECT indicator_id AS id, action, severity, expires_at AS "expiresAt", content FROM claim
     WHERE connector_id = $1 AND team_id = $2 AND indicator_id = ANY ($3::bigint[])`,
    [id, teamId, indicatorIds],
  );
  return new Map(rows.map((row) => [row.id, readShare(row)]));
};

const BLOCKED_BY: Readonly<Record<UnsupportedCode, BlockCode>> = {
  network_unsupported: "unsupported-type",
  email_unsupported: "unsupported-type",
  sha512_unsupported: "unsupported-type",
  md5_unsupported: "unsupported-type",
  address_not_external: "private-address",
  underscore_domain: "unsupported-value",
  onion_name: "unsupported-value",
  scheme_unsupported: "unsupported-value",
  value_too_long: "unsupported-value",
  action_unsupported: "action-not-possible",
};
