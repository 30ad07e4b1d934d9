import "server-only";

import { hash } from "node:crypto";

import type { PoolClient } from "pg";

import type { UnsupportedCode } from "@/lib/connectors/contract";
import { permittedActions, unsupportedReason } from "@/lib/connectors/unsupported";
import type { Weights } from "@/lib/domain/selection/budget-settings";
import type { Vouching } from "@/lib/domain/selection/candidate";
import type { BlockCode, PlanCode } from "@/lib/domain/selection/codes";
import { describeDifference, type Difference } from "@/lib/domain/selection/compare";
import { decide, type Blocked } from "@/lib/domain/selection/decide";
import { scoreCandidate } from "@/lib/domain/selection/score";
import { shareText, type Share } from "@/lib/domain/selection/share";
import { readShare } from "@/lib/domain/selection/stored-share";

import type { PlanningConnector } from "./planning-connector";
import { readCandidates, type IdSource, type ReadCandidate } from "./read-candidates";

/** What a wanted candidate is worth where places are limited, and the surest feed that names it. */
export type Worth = { score: number; feedId: string };

/** What becomes of one candidate; `keep` needs nothing. Hashes are hexadecimal. */
export type Judged = { id: string; key: string; claimHash: string | null } & (
  | {
      operation: "add" | "change";
      code: PlanCode;
      reason: string;
      share: Share;
      desiredHash: string;
      worth: Worth | null;
    }
  | {
      operation: "remove" | "blocked";
      code: PlanCode;
      reason: string;
      share: null;
      desiredHash: null;
      worth: null;
    }
  | { operation: "keep"; desiredHash: string; worth: Worth | null }
);

type Options = {
  connector: PlanningConnector;
  /** Everything is to be taken back, whatever the policy says. */
  isWithdrawal: boolean;
  /** For a recall: what an ordinary push is sending may stand there, too. */
  isUrgent?: boolean;
  /** Where places are limited: what makes a candidate worth one. */
  weights?: Weights | null;
  now: Date;
};

/** Judges the candidates that `nextIds` names, page by page in order. The same input gives the same verdicts. */
export async function* judgeCandidates(
  client: PoolClient,
  nextIds: IdSource,
  options: Options,
): AsyncGenerator<Judged[]> {
  const judge = createJudge(options);
  for await (const page of readCandidates(client, options.connector, nextIds, options.isUrgent ?? false)) {
    const verdicts = page.map(judge);
    const differing = page.filter(({ claimHash }, place) => isDifferent(claimHash, verdicts[place]));
    const before = await readClaims(
      client,
      options.connector,
      differing.map(({ id }) => id),
    );
    yield page.map((one, place) => toJudged(one, verdicts[place] ?? TAKEN_BACK, before));
  }
}

type Verdict =
  | { isWanted: true; share: Share; desiredHash: string; worth: Worth | null }
  | ({ isWanted: false } & Blocked);

/** One judge for all candidates: what it needs to know is gathered once. */
const createJudge = ({
  connector,
  isWithdrawal,
  weights = null,
  now,
}: Options): ((one: ReadCandidate) => Verdict) => {
  if (isWithdrawal) return () => TAKEN_BACK;
  const { policy, team } = connector;
  const { kind } = policy;
  const context: Parameters<typeof decide>[1] = {
    policy,
    team,
    now,
    findUnsupported: (type, value) => {
      const unsupported = unsupportedReason(kind, { type, value });
      return unsupported && { code: BLOCKED_BY[unsupported.code], reason: unsupported.message };
    },
    permittedActions: (type) => permittedActions(kind, type),
  };
  return ({ candidate: { type }, candidate, lastSeen }) => {
    const decision = decide(candidate, context);
    if (!decision.isWanted) return decision;
    const { share, chosen } = decision;
    const { severity, content } = share;
    const ranked = { type, severity, confidence: content.confidence, lastSeen, sources: chosen.length };
    const worth = weights && { score: scoreCandidate(ranked, weights, now), feedId: surestFeed(chosen) };
    return { isWanted: true, share, desiredHash: hash("sha256", shareText(share), "hex"), worth };
  };
};

/** Of equals the one whose id comes first, whatever order the rows came in. */
const surestFeed = (chosen: readonly Vouching[]): string => {
  let [surest] = chosen;
  for (const one of chosen)
    if (
      surest === undefined ||
      one.confidence > surest.confidence ||
      (one.confidence === surest.confidence && one.feedId < surest.feedId)
    )
      surest = one;
  if (!surest) throw new RangeError("Nothing is wanted that no feed vouches for.");
  return surest.feedId;
};

const TAKEN_BACK: Verdict = {
  isWanted: false,
  code: "taken-back",
  reason: "Everything that this connector sent is taken back.",
};

const isDifferent = (claimHash: string | null, verdict: Verdict | undefined): boolean =>
  verdict?.isWanted === true && claimHash !== null && verdict.desiredHash !== claimHash;

const toJudged = (
  { id, key, claimHash, isUnanswered, drift }: ReadCandidate,
  verdict: Verdict,
  before: ReadonlyMap<string, Share>,
): Judged => {
  if (!verdict.isWanted) {
    const { code, reason } = verdict;
    const operation = claimHash === null && !isUnanswered ? "blocked" : "remove";
    return { id, key, claimHash, operation, code, reason, share: null, desiredHash: null, worth: null };
  }
  const { share, desiredHash, worth } = verdict;
  const wanted = { id, key, claimHash, share, desiredHash, worth };
  if (isUnanswered)
    return {
      ...wanted,
      operation: claimHash === null ? "add" : "change",
      code: "unanswered",
      reason: UNANSWERED,
    };
  if (claimHash === null)
    return drift === null
      ? { ...wanted, operation: "add", code: "new", reason: "Not there yet." }
      : { ...wanted, operation: "add", code: "removed-outside", reason: drift };
  if (desiredHash === claimHash)
    return drift === null
      ? { id, key, claimHash, operation: "keep", desiredHash, worth }
      : { ...wanted, operation: "change", code: "changed-outside", reason: drift };
  const { code, reason } = toDifference(before.get(id), share);
  return { ...wanted, operation: "change", code, reason };
};

const UNANSWERED = "An earlier push was stopped before this was answered: it is settled anew.";

const toDifference = (before: Share | undefined, after: Share): Difference =>
  before
    ? describeDifference(before, after)
    : { code: "details-changed", reason: "What stands there changed a moment ago." };

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
