import { CREDENTIAL_KIND_LABELS, lifeStateOf, lifeWords } from "@/lib/domain/connector/credential-life";
import type { Capacity } from "@/lib/domain/delivery/capacity";
import { utcMinute } from "@/lib/domain/utc";
import type { CredentialView } from "@/lib/services/connectors/credential-view";
import type { ConnectorWithHealth } from "@/lib/services/connectors/list-connectors";
import type { Lapsing } from "@/lib/services/planning/lapsing-claims";
import type { FeedWithHealth } from "@/lib/services/feeds/list-feeds";

export type Attention = {
  kind:
    | "held-run"
    | "failing-feed"
    | "refused-feed"
    | "stale-feed"
    | "overdue-feed"
    | "barren-feed"
    | "ended-share"
    | "failed-items"
    | "stopped-push"
    | "waiting-push"
    | "failed-test"
    | "secret-expiry"
    | "secret-refused"
    | "full"
    | "waiting-plan"
    | "beyond-limits"
    | "stopped-sending"
    | "proposals"
    | "unplanned"
    | "lapsing"
    | "drift";
  /** What happened and what to do, in one sentence. */
  message: string;
  /** Where to do it, below the team's address. */
  path: string;
};

export type ConnectorWithCapacity = ConnectorWithHealth & { capacity: Capacity | null };

/** A connector whose newest plan waits, was stale, or did not see every change. */
export type Unapplied = {
  id: string;
  name: string;
  planId: string | null;
  changes: number | null;
  isStale: boolean | null;
  /** What of it is more than one person may apply, while nobody else approved it. */
  excess: readonly string[];
};

/** A connector where a person applies, and has not. */
export const attentionOfUnapplied = ({
  id,
  name,
  planId,
  changes,
  isStale,
  excess,
}: Unapplied): Attention => {
  if (planId !== null && changes !== null && changes > 0) {
    const what = changes === 1 ? "1 change" : `${changes.toLocaleString("en-US")} changes`;
    return {
      kind: "waiting-plan",
      message:
        excess.length > 0
          ? `${name}: a plan with ${what} waits for a second person’s approval. ${excess.join(" ")}`
          : `${name}: a plan with ${what} waits to be applied.`,
      path: `plans/${planId}`,
    };
  }
  const why =
    isStale === true ? "its last plan was stale" : "something that decides changed since its last plan";
  return {
    kind: "unplanned",
    message: `${name}: ${why}. Plan, look and apply.`,
    path: `connectors/${id}`,
  };
};

/** A plan of an automatic connector that is more than it applies by itself. */
export type BeyondLimits = { name: string; planId: string; reason: string };

/** An automatic connector that waits for a person. */
export const attentionOfBeyondLimits = ({ name, planId, reason }: BeyondLimits): Attention => ({
  kind: "beyond-limits",
  message: `${name} waits: its plan is more than it applies by itself. ${reason} Look, and apply it or leave it.`,
  path: `plans/${planId}`,
});

/** What lapses at a destination unless a person plans and applies; nothing where an automatic connector sees to it. */
export const attentionOfLapsing = (
  { connectorId, name, renewable, lastEnd }: Lapsing,
  now: Date,
): Attention[] => {
  if (renewable === 0 || lastEnd === null) return [];
  const days = Math.ceil((lastEnd.getTime() - now.getTime()) / DAY_MS);
  const what = renewable === 1 ? "1 indicator" : `${renewable.toLocaleString("en-US")} indicators`;
  const when =
    days <= 0 ? "ended there" : `ending there within ${days === 1 ? "a day" : `${String(days)} days`}`;
  return [
    {
      kind: "lapsing",
      message: `${name}: still vouched for, but ${when}: ${what}. Plan, look and apply.`,
      path: `connectors/${connectorId}`,
    },
  ];
};

/** A feed that is held; or one that is not paused and fails, gives what was refused, has had no good run for longer than it may, is late or gives nothing. */
export const attentionOfFeed = (feed: FeedWithHealth): Attention[] => {
  if (feed.heldRunId !== null) {
    const why = feed.lastRun?.state === "held" ? (feed.lastRun.error?.message ?? "") : "";
    const message = `${feed.name} is held. ${why}${why === "" ? "" : " "}Accept the run or discard it.`;
    return [{ kind: "held-run", message, path: `runs/${feed.heldRunId}` }];
  }
  if (!feed.enabled) return [];
  if (feed.failureStreak === 0) return attentionOfGoodFeed(feed);
  const runs = feed.failureStreak === 1 ? "Its last run" : `Its last ${String(feed.failureStreak)} runs`;
  const message = `${feed.name} fails. ${runs} ended with: ${feed.lastRun?.error?.message ?? "an error."}`;
  return [{ kind: "failing-feed", message, path: `feeds/${feed.id}` }];
};

const attentionOfGoodFeed = ({
  id,
  name,
  kind,
  refusedRunId,
  isStale,
  isOverdue,
  barrenBecause,
  lastGoodRunAt,
}: FeedWithHealth): Attention[] => {
  const path = `feeds/${id}`;
  if (refusedRunId !== null) {
    const message = `${name}: the source still gives what was discarded, and what was live before stays. Accept it after all, or look at the source.`;
    return [{ kind: "refused-feed", message, path }];
  }
  if (isStale) {
    const since = lastGoodRunAt === null ? "" : ` since ${utcMinute(lastGoodRunAt)}`;
    const message = `${name} is stale: no good run${since}, longer than it may be without. Run it, or look at its schedule.`;
    return [{ kind: "stale-feed", message, path }];
  }
  if (isOverdue) {
    const message = `${name} is overdue: its run should have begun a whole interval ago, and nobody fetches it. Is the worker running? Its log says why not.`;
    return [{ kind: "overdue-feed", message, path }];
  }
  if (barrenBecause === null || kind === "local") return [];
  return [{ kind: "barren-feed", message: `${name} gives nothing. ${barrenBecause}`, path }];
};

/** Changes of the team's own list that another member has to approve. */
export const attentionOfProposals = (open: number): Attention[] => {
  if (open === 0) return [];
  const what = open === 1 ? "1 proposal waits" : `${open.toLocaleString("en-US")} proposals wait`;
  const message = `${what} for a second person. Look at what is to change, and approve or decline.`;
  return [{ kind: "proposals", message, path: "proposals" }];
};

/** A subscription that its owner's team ended, with how many values left the team's set by it. */
export type EndedShare = { name: string; removed: number };

/** What a team no longer gets, though nobody in it has done anything. */
export const attentionOfEndedShare = ({ name, removed }: EndedShare): Attention => {
  const what = removed === 1 ? "1 indicator" : `${removed.toLocaleString("en-US")} indicators`;
  return {
    kind: "ended-share",
    message: `${name} is no longer shared with you: ${what} of it left your set, and leave the destinations with the next plan. What other feeds vouch for stays.`,
    path: "feeds",
  };
};

/** What keeps a connector from delivering, or soon will. */
export const attentionOfConnector = (
  { id, name, lastTest, credential, capacity, mode, drift, driftMode }: ConnectorWithCapacity,
  now: Date,
): Attention[] => {
  const path = `connectors/${id}`;
  const found: Attention[] = [];
  const failedCheck = lastTest?.checks.find(({ ok }) => !ok);
  if (failedCheck) {
    found.push({
      kind: "failed-test",
      message: `${name}: the check “${failedCheck.name}” failed. ${failedCheck.fix}`,
      path,
    });
  }
  const drifted = drift.removed + drift.changed;
  // An automatic connector puts it right by itself, unless it asks.
  if (drifted > 0 && (mode === "review" || driftMode === "ask")) {
    const what = drifted === 1 ? "1 record was" : `${drifted.toLocaleString("en-US")} records were`;
    found.push({
      kind: "drift",
      message: `${name}: ${what} removed or changed at Microsoft outside Sluice. ${driftMode === "ask" ? "Decide about it." : "Plan, look and apply."}`,
      path,
    });
  }
  if (capacity?.free === 0) {
    found.push({
      kind: "full",
      message: `${name} is full: ${capacity.limit.toLocaleString("en-US")} indicators stand there.`,
      path,
    });
  }
  if (credential) found.push(...attentionOfCredential({ name, path: `${path}/credential` }, credential, now));
  return found;
};

/** A credential that is not taken, or soon will not be. That nobody told the end of one is said beside its destination. */
const attentionOfCredential = (
  { name, path }: { name: string; path: string },
  credential: CredentialView,
  now: Date,
): Attention[] => {
  const state = lifeStateOf(credential, now);
  const what = lowerFirst(CREDENTIAL_KIND_LABELS[credential.kind]);
  if (state === "refused") {
    const message = `${name}: its ${what} is not accepted by Microsoft. ${credential.refusal ?? ""} Stage a new one and activate it.`;
    return [{ kind: "secret-refused", message, path }];
  }
  if (state !== "expired" && state !== "expiring") return [];
  const message = `${name}: its ${what} ${lifeWords(credential, now)}. Stage a successor and activate it.`;
  return [{ kind: "secret-expiry", message, path }];
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const DAY_MS = 86_400_000;
