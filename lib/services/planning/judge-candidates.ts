import "server-only";

import { hash } from "node:crypto";

import isEqual from "fast-deep-equal";
import type { PoolClient } from "pg";

import type { UnsupportedCode } from "@/lib/connectors/contract";
import { permittedActions, unsupportedReason } from "@/lib/connectors/unsupported";
import { NOT_THERE } from "@/lib/domain/delivery/adopted-words";
import { adviceOn } from "@/lib/domain/delivery/refusal";
import { holdOf } from "@/lib/domain/delivery/drift-choices";
import { heldByOthers, type Holder } from "@/lib/domain/delivery/foreign";
import { REMADE_CODES } from "@/lib/domain/delivery/plan-limits";
import { describeRule } from "@/lib/domain/connector/rule-words";
import { addressTypeOf, isNetwork } from "@/lib/domain/indicator/expand";
import type { BlockCode, PlanCode, WantedCode } from "@/lib/domain/selection/codes";
import { describeDifference, type Difference } from "@/lib/domain/selection/compare";
import type { Blocked } from "@/lib/domain/selection/blocked";
import { decide, type Decision } from "@/lib/domain/selection/decide";
import { compilePolicy, recordScope } from "@/lib/domain/selection/policy";
import { shareText, type Share } from "@/lib/domain/selection/share";
import { readShare } from "@/lib/domain/selection/stored-share";
import { nextTurn } from "@/lib/domain/selection/turn";

import type { IdSource } from "./candidate-ids";
import { besideStronger, type DecisionBeside, type FindKeptOut } from "./judge-beside";
import { findKeptOut } from "./kept-out";
import { leftOutBefore, TRIED_AGAIN } from "./left-out";
import { openNetworks } from "./lend-networks";
import { networksUpTo, type PlanningConnector } from "./planning-connector";
import { openCandidates, type CandidateReader } from "./read-candidates";
import type { ReadCandidate } from "./read-page";
import { refusedHash } from "./refused-hash";

/** What becomes of one candidate; `keep` needs nothing. Hashes are hexadecimal. */
export type Judged = {
  id: string;
  key: string;
  claimHash: string | null;
  /** From when mere time may turn it, in milliseconds. */
  turnsAt: number;
} & (
  | {
      operation: "add" | "change";
      code: PlanCode;
      reason: string;
      share: Share;
      desiredHash: string;
      /** It would be blocked, but for the gate. */
      isHeld: boolean;
    }
  | { operation: "remove" | "blocked"; code: PlanCode; reason: string; share: null; desiredHash: null }
  | { operation: "keep"; desiredHash: string }
);

type Options = {
  connector: PlanningConnector;
  /** Everything is to be taken back, whatever the policy says. */
  isWithdrawal: boolean;
  /** Reads them; left out: one of its own. */
  reader?: CandidateReader;
  /** For a recall: what an ordinary push is sending may stand there, too. */
  isUrgent?: boolean;
  /** What a person left out of a push is judged as if nobody had, as where everything is taken back. */
  triesLeftOut?: boolean;
  /** Networks for whose addresses there is no room, by their rows' numbers. */
  unfitting?: ReadonlyMap<string, Blocked> | undefined;
  /** Which stronger hashes of files cannot go there; left out: what the newest choice and the destination left. */
  findKeptOut?: FindKeptOut;
  now: Date;
};

/** Judges the candidates that `nextIds` names, page by page in order. The same input gives the same verdicts. */
export async function* judgeCandidates(
  client: PoolClient,
  nextIds: IdSource,
  options: Options,
): AsyncGenerator<Judged[]> {
  const { connector, now } = options;
  const { maxAgeDays } = connector.policy.selection;
  const { isUrgent = false, reader = await openCandidates(client, connector, { isUrgent }) } = options;
  const triesLeftOut = options.isWithdrawal || options.triesLeftOut === true;
  const ruleWords = connector.policy.rules.map(
    (rule, place) => `Rule ${String(place + 1)}: ${describeRule(rule, reader.feedName)}.`,
  );
  const deciding = { ...options, findKeptOut: options.findKeptOut ?? findKeptOut(client, connector) };
  const hashOf = createShareHasher();
  for await (const { page, decisions } of decidePages(client, reader, nextIds, deciding)) {
    const verdicts = decisions.map((decision) => toVerdict(decision, ruleWords, hashOf));
    const differing = page.filter(({ claimHash }, place) => isDifferent(claimHash, verdicts[place]));
    const before = await readClaims(
      client,
      connector,
      differing.map(({ id }) => id),
    );
    yield page.map((one, place) => {
      const [decision, verdict] = [decisions[place] ?? TAKEN_BACK, verdicts[place] ?? TAKEN_BACK];
      const isKept = verdict.isWanted && verdict.desiredHash === one.claimHash;
      return toJudged(one, verdict, {
        before,
        destinationId: connector.destinationId,
        triesLeftOut,
        now,
        hold: holdOn(connector, one),
        holder: verdict.isWanted ? findHolder(connector, one, verdict.share) : null,
        turnsAt: nextTurn(one.candidate, { decision, isKept, maxAgeDays, now }),
      });
    });
  }
}

type Decided = { page: readonly ReadCandidate[]; decisions: readonly DecisionBeside[] };

/** Decides on each candidate, page by page, by the connector's policy and what its destination takes. */
export async function* decidePages(
  client: PoolClient,
  reader: CandidateReader,
  nextIds: IdSource,
  options: Options & { findKeptOut: FindKeptOut },
): AsyncGenerator<Decided> {
  const { connector, isWithdrawal, unfitting, findKeptOut } = options;
  const judge = isWithdrawal ? () => TAKEN_BACK : createDecider(options, reader);
  const byNetworks =
    networksUpTo(connector) > 0 && !isWithdrawal
      ? openNetworks({ client, connector, reader, decide: judge, unfitting })
      : null;
  // Elsewhere than in Defender a file's hashes take nobody's place.
  const isOneForEachFile = connector.policy.kind === "defender" && !isWithdrawal;
  for await (const read of reader.pages(nextIds)) {
    const { page, decisions: alone } = byNetworks
      ? await byNetworks(read)
      : { page: read, decisions: read.map(judge) };
    const beside = { reader, decide: judge, findKeptOut };
    const decisions = isOneForEachFile ? await besideStronger(page, alone, beside) : alone;
    yield { page, decisions };
  }
}

/** `byRule`: the words of the rule that had a part in it. `heldTo`: why it is not blocked, where it would be. */
type Verdict =
  | {
      isWanted: true;
      share: Share;
      desiredHash: string;
      byRule: string | null;
      heldTo: Blocked | null;
    }
  | ({ isWanted: false } & Blocked);

/** One judge for all candidates: what it needs to know is gathered once. */
export const createDecider = (
  { connector, now }: Pick<Options, "connector" | "now">,
  { findNear }: Pick<CandidateReader, "findNear">,
): ((one: ReadCandidate) => Decision) => {
  const { policy, team, acceptsMd5 } = connector;
  const { kind } = policy;
  const expandNetworksUpTo = networksUpTo(connector);
  const context: Parameters<typeof decide>[1] = {
    policy: compilePolicy(policy),
    team,
    now,
    findUnsupported: (type, value) => {
      const unsupported = unsupportedReason(kind, { type, value }, { acceptsMd5, expandNetworksUpTo });
      return unsupported && { code: BLOCKED_BY[unsupported.code], reason: unsupported.message };
    },
    // A network that goes there at all does so as its addresses.
    permittedActions: (type) =>
      permittedActions(kind, kind === "defender" && isNetwork(type) ? addressTypeOf(type) : type),
    findNear,
  };
  // A network goes there as its addresses if at all: it is them that the gate lets pass or not.
  return ({ candidate }) =>
    decide(isNetwork(candidate.type) ? { ...candidate, blast: null } : candidate, context);
};

/** Hashes shares. Neighbours in a list are mostly wanted in the same way, and to see that costs a tenth of hashing it anew. */
const createShareHasher = (): ((share: Share) => string) => {
  let last: { share: Share; hash: string } | null = null;
  return (share) => {
    if (last === null || !isEqual(last.share, share))
      last = { share, hash: hash("sha256", shareText(share), "hex") };
    return last.hash;
  };
};

const toVerdict = (
  decision: Decision,
  ruleWords: readonly string[],
  hashOf: (share: Share) => string,
): Verdict => {
  if (!decision.isWanted) return decision;
  const { share, rule, heldTo } = decision;
  const desiredHash = hashOf(share);
  const byRule = rule === null ? null : (ruleWords[rule] ?? null);
  return { isWanted: true, share, desiredHash, byRule, heldTo };
};

const TAKEN_BACK: { isWanted: false } & Blocked = {
  isWanted: false,
  code: "taken-back",
  reason: "Everything that this connector sent is taken back.",
};

const isDifferent = (claimHash: string | null, verdict: Verdict | undefined): boolean =>
  verdict?.isWanted === true && claimHash !== null && verdict.desiredHash !== claimHash;

type Around = Unwanted & {
  before: ReadonlyMap<string, Share>;
  hold: Hold;
  holder: Holder | null;
};

const toJudged = (one: ReadCandidate, verdict: Verdict, around: Around): Judged => {
  if (!verdict.isWanted) return toUnwanted(one, verdict, around);
  const { before, hold, holder, turnsAt, destinationId } = around;
  const { id, key, claimHash, isUnanswered, drift } = one;
  const { share, desiredHash, heldTo } = verdict;
  const theirs = heldElsewhere(one, holder);
  if (theirs) return toUnwanted(one, theirs, around);
  if (isUnanswered) {
    const leftOut = around.triesLeftOut ? null : leftOutBefore(one, { share }, around);
    if (leftOut) return { id, key, claimHash, turnsAt, operation: "blocked", ...leftOut, ...NOT_WANTED };
    const code = remadeCode(before.get(id), share) ?? "unanswered";
    const operation = claimHash === null ? "add" : "change";
    return toWanted(one, verdict, turnsAt, { operation, code, why: UNANSWERED });
  }
  const held = heldBack(one, hold) ?? refusedBefore(one, share, destinationId);
  if (held) return toUnwanted(one, held, around);
  if (claimHash === null)
    return drift === null
      ? toWanted(one, verdict, turnsAt, { operation: "add", code: "new", why: withRefusal(NOT_THERE, one) })
      : toWanted(one, verdict, turnsAt, { operation: "add", code: "removed-outside", why: drift });
  // It stays as it stands; a person is told why it is not blocked.
  if (desiredHash === claimHash && heldTo !== null && drift === null)
    return { id, key, claimHash, turnsAt, operation: "blocked", ...heldTo, share: null, desiredHash: null };
  if (desiredHash === claimHash)
    return drift === null || hold !== null
      ? { id, key, claimHash, turnsAt, operation: "keep", desiredHash }
      : toWanted(one, verdict, turnsAt, { operation: "change", code: "changed-outside", why: drift });
  const { code, reason } = toDifference(before.get(id), share);
  // Another action or other groups make it anew, over what the other holds beside ours.
  if (REMADE_CODES.some((remade) => remade === code) && holder)
    return { id, key, claimHash, turnsAt, operation: "blocked", ...heldByOthers(holder), ...NOT_WANTED };
  return toWanted(one, verdict, turnsAt, { operation: "change", code, why: withRefusal(reason, one) });
};

const NOT_WANTED = { share: null, desiredHash: null } as const;

type Change = { operation: "add" | "change"; code: PlanCode; why: string };

const toWanted = (
  { id, key, claimHash }: ReadCandidate,
  { share, desiredHash, byRule, heldTo }: Extract<Verdict, { isWanted: true }>,
  turnsAt: number,
  { operation, code, why }: Change,
): Judged => {
  let reason = byRule === null ? why : `${why} ${byRule}`;
  if (heldTo !== null) reason += ` ${share.action} for now. ${heldTo.reason}`;
  const isHeld = heldTo !== null;
  return { id, key, claimHash, turnsAt, operation, code, reason, share, desiredHash, isHeld };
};

/**
 * Whether it stands, or may, and stays, although it is told as something that is kept in: a gate keeps it milder than it is wanted, others
 * hold it as it is wanted, or a person left it out.
 */
export const isHeldThere = (judged: Judged): boolean =>
  judged.operation === "blocked" && (judged.claimHash !== null || judged.code === "left-out");

type Unwanted = { destinationId: string; now: Date; triesLeftOut: boolean; turnsAt: number };

/** What is not wanted stays out; what stands of it, or may, is taken back, unless a person left just that out of a push. */
export const toUnwanted = (one: ReadCandidate, { code, reason }: Blocked, around: Unwanted): Judged => {
  const { id, key, claimHash, isUnanswered } = one;
  const { turnsAt } = around;
  if (isUnanswered && !around.triesLeftOut) {
    const leftOut = leftOutBefore(one, { code }, around);
    const words = leftOut && { code: leftOut.code, reason: `${reason} ${leftOut.reason}` };
    if (words) return { id, key, claimHash, turnsAt, operation: "blocked", ...words, ...NOT_WANTED };
  }
  const operation = claimHash === null && !isUnanswered ? "blocked" : "remove";
  return { id, key, claimHash, turnsAt, operation, code, reason, share: null, desiredHash: null };
};

type Hold = ReturnType<typeof holdOf>;

/** Whether the next plan leaves alone what somebody did to it at Microsoft. */
const holdOn = ({ driftMode }: PlanningConnector, { drift, driftChoice }: ReadCandidate): Hold =>
  drift === null ? null : holdOf(driftMode, driftChoice);

const heldBack = ({ claimHash, isUnanswered }: ReadCandidate, hold: Hold): Blocked | null =>
  claimHash === null && !isUnanswered && hold !== null ? HELD[hold] : null;

/** Who else holds the record that is wanted. */
const findHolder = (
  { policy }: PlanningConnector,
  { holders }: ReadCandidate,
  { content }: Share,
): Holder | null => holders.get(recordScope(content.deviceGroups ?? policy.deviceGroups)) ?? null;

/** What somebody else holds there is not written over: only what stands of ours beside it stays. */
const heldElsewhere = ({ claimHash }: ReadCandidate, holder: Holder | null): Blocked | null =>
  claimHash === null && holder !== null ? heldByOthers(holder) : null;

/**
 * Why what is wanted stays out all the same: somebody else holds it there, what somebody removed at Microsoft is left so for now, what was
 * refused is as it was. What a person left out of a push may stand there: that is judged once it has a place.
 */
export const findHeld = (connector: PlanningConnector, one: ReadCandidate, share: Share): Blocked | null =>
  heldElsewhere(one, findHolder(connector, one, share)) ??
  heldBack(one, holdOn(connector, one)) ??
  refusedBefore(one, share, connector.destinationId);

/** What the destination refused for good and would get unchanged; a change of what stands, or may, is tried all the same. */
const refusedBefore = (
  { claimHash, isUnanswered, refused }: ReadCandidate,
  share: Share,
  destinationId: string,
): Blocked | null => {
  if (claimHash !== null || isUnanswered || !refused?.hash) return null;
  if (refused.hash !== refusedHash(destinationId, share)) return null;
  const advice = adviceOn(refused.reason) ?? "";
  return {
    code: "refused-before",
    reason: `Refused last time: ${refused.reason} ${advice} ${TRIED_AGAIN}`,
  };
};

const withRefusal = (reason: string, { refused }: ReadCandidate): string =>
  refused === null || refused.reason === "" ? reason : `${reason} Refused last time: ${refused.reason}`;

const HELD = {
  waits: {
    code: "drift-waits",
    reason: "It was removed at Microsoft outside Sluice; the connector's page asks what is to be done.",
  },
  left: {
    code: "left-outside",
    reason: "It was removed at Microsoft outside Sluice, and somebody here left it so.",
  },
} as const;

const UNANSWERED = "An earlier push was stopped before this was answered: it is settled anew.";

const toDifference = (before: Share | undefined, after: Share): Difference =>
  before
    ? describeDifference(before, after)
    : { code: "details-changed", reason: "What stands there changed a moment ago." };

/** What takes a record away and makes it anew is told and counted as that, whatever else is told of it. */
const remadeCode = (before: Share | undefined, after: Share): WantedCode | null => {
  const code = before && describeDifference(before, after).code;
  return REMADE_CODES.find((remade) => remade === code) ?? null;
};

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
