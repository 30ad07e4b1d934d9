import {
  actionWords,
  isAction,
  isSeverity,
  type Action,
  type Severity,
} from "@/lib/domain/connector/actions";
import { INDICATOR_TYPE_LABELS, TLP_LABELS, tlpCode, tlpFromCode } from "@/lib/domain/indicator/types";
import { DEFAULT_EXPIRY_DAYS } from "@/lib/domain/indicator/validity";
import { recallOf } from "@/lib/domain/screening/mark";

import { possibleAction } from "./action";
import type { Candidate, Vouching } from "./candidate";
import type { Blocked } from "./blocked";
import { chooseExpiry } from "./expiry";
import { findUntimely, limitByAge } from "./age";
import { findByTags } from "./by-tags";
import { findRule, type FittingRule } from "./fit-rule";
import { isBlocking, passGate } from "./gate";
import { mergeContent } from "./merge-content";
import { adoptedEnd, findAbsent } from "./override";
import { recordScope, type CompiledPolicy } from "./policy";
import type { Share, ShareContent } from "./share";

/**
 * `rule`: the place, from 0, of the rule that had a part in the share; null when none had. `chosen`: the vouchings that it rests
 * on. `lifetimeDays`: how long a record of it lives, which says when it is renewed. `heldTo`: why it is not blocked, where it would
 * be.
 */
export type Decision =
  | {
      isWanted: true;
      share: Share;
      rule: number | null;
      chosen: readonly Vouching[];
      heldTo: Blocked | null;
      lifetimeDays: number;
    }
  | ({ isWanted: false } & Blocked);

type Context = {
  policy: CompiledPolicy;
  team: { slug: string; name: string };
  now: Date;
  /** What the destination takes at all, from the connector that knows it. */
  findUnsupported: (type: Candidate["type"], value: string) => Blocked | null;
  /** The actions that the destination can carry out on a type. */
  permittedActions: (type: Candidate["type"]) => readonly Action[];
  /** What on an allowlist a value is close to, in a sentence; asked of what is to be blocked where the connector has a gate. */
  findNear: (type: Candidate["type"], value: string) => string | null;
};

/**
 * Whether a connector wants a candidate, with the one reason that decides. Precedence as in house rules: a person's
 * withdrawal, then the allowlist, then what feeds say, then what a person holds back of it, then what the destination takes, then
 * the connector's policy.
 */
export const decide = (candidate: Candidate, context: Context): Decision => {
  const { policy, now } = context;
  const { selection } = policy;
  const gone = findGone(candidate, now);
  if (gone) return block(gone);
  const free = keep(candidate.vouchings, isFree);
  if (free.length === 0) return block(heldBack(candidate.vouchings));
  const unsupported = context.findUnsupported(candidate.type, candidate.value);
  if (unsupported) return block(unsupported);
  const taken = ofTypes(free, candidate.type, selection.types);
  if (taken.length === 0) {
    const reason = `This connector takes no ${INDICATOR_TYPE_LABELS[candidate.type]} indicators.`;
    return block({ code: "type-not-selected", reason });
  }
  const pushable = keep(taken, mayBePushed);
  if (pushable.length === 0)
    return block({ code: "store-only", reason: "Only feeds that are stored and never pushed name it." });
  const chosen = chooseVouchings(pushable, selection.feeds);
  if (chosen.length === 0)
    return block({ code: "feed-not-selected", reason: "No feed that this connector takes names it." });
  if (candidate.tlp > tlpCode(selection.maxTlp)) {
    const reason = `${TLP_LABELS[tlpFromCode(candidate.tlp)]} is stricter than this connector's ceiling, ${TLP_LABELS[selection.maxTlp]}.`;
    return block({ code: "tlp-ceiling", reason });
  }
  const unfit = findUntimely(chosen, policy, now) ?? findByTags(candidate.vouchings, chosen, policy.tags);
  if (unfit) return block(unfit);
  const merged = mergeContent(context.team, candidate.tlp, chosen);
  const worded = withWords(merged, policy.templates, candidate.override?.words ?? null);
  if (worded.confidence < selection.minConfidence) {
    const reason = `Confidence ${String(worded.confidence)} is below this connector's minimum, ${String(selection.minConfidence)}.`;
    return block({ code: "below-confidence", reason });
  }
  const absent = findAbsent(candidate.override, now);
  if (absent) return block(absent);
  const end = latestEnd(candidate, chosen);
  if (end !== null && end <= now) {
    const reason = `The sources that this connector takes vouched for it until ${end.toISOString()}.`;
    return block({ code: "expired", reason });
  }
  const fitting = findRule(policy.compiledRules, candidate.type, chosen);
  const treatment = treat(candidate, chosen, fitting, context);
  if ("code" in treatment) return block(treatment);
  const gated = holdBack(candidate, treatment, context);
  if ("code" in gated) return block(gated);
  const { action, severity, rule, heldTo } = gated;
  const content = withGroups(worded, fitting, policy);
  const { type, standingUntil: standing } = candidate;
  const lifetime = fitting?.rule.expiryDays ?? policy.expiryByType[type] ?? policy.expiryDays;
  const { validUntil, expiryDays } = limitByAge(chosen, selection.maxAgeDays, {
    validUntil: end,
    expiryDays: lifetime ?? DEFAULT_EXPIRY_DAYS[type],
  });
  const expiresAt =
    adoptedEnd(candidate.override, validUntil) ??
    chooseExpiry({ type, expiryDays, validUntil, standing, now });
  const share = { action, severity, expiresAt, content };
  return { isWanted: true, share, rule, chosen, lifetimeDays: expiryDays, heldTo };
};

/** Those that pass. Mostly all do, of a hundred thousand candidates: then no list is made anew. */
const keep = (
  vouchings: readonly Vouching[],
  passes: (vouching: Vouching) => boolean,
): readonly Vouching[] => (vouchings.every(passes) ? vouchings : vouchings.filter(passes));

const isFree = ({ heldBecause }: Vouching): boolean => heldBecause === null;
const mayBePushed = ({ isStoreOnly }: Vouching): boolean => !isStoreOnly;

const withWords = (
  content: ShareContent,
  templates: ShareContent["templates"],
  words: ShareContent["words"] | null,
): ShareContent =>
  templates || words ? { ...content, ...(templates && { templates }), ...(words && { words }) } : content;

/** A rule's device groups, in one order; those of the connector need not be said. */
const withGroups = (
  content: ShareContent,
  fitting: FittingRule | null,
  { kind, deviceGroups: own }: CompiledPolicy,
): ShareContent => {
  const given = kind === "defender" ? (fitting?.rule.deviceGroups ?? null) : null;
  if (given === null) return content;
  const groups = [...new Set(given)].toSorted();
  return recordScope(groups) === recordScope(own) ? content : { ...content, deviceGroups: groups };
};

type Treatment = { action: Action; severity: Severity; rule: number | null };

/** How it is to be treated there: a list that only lets it be watched, a person, the first fitting rule, the connector. */
const treat = (
  { type, mark, override }: Candidate,
  chosen: readonly Vouching[],
  fitting: FittingRule | null,
  { policy, permittedActions }: Context,
): Treatment | Blocked => {
  // Sentinel alerts by rules of its own: an action would only make changes that nobody there can see.
  const hasActions = policy.kind === "defender";
  const isWatched = mark?.effect === "audit-only";
  const rule = fitting?.rule;
  const personal = hasActions ? (override?.action ?? wishedAction(chosen)) : null;
  const wished = hasActions && !isWatched ? (personal ?? rule?.action ?? policy.action) : "Audit";
  const isByRule = hasActions && !isWatched && personal === null && (rule?.action ?? null) !== null;
  const permitted = permittedActions(type);
  const action = possibleAction(wished, permitted);
  if (!action) {
    const who = isByRule && fitting ? ` Rule ${String(fitting.place + 1)} asks for that.` : "";
    const reason = `A ${INDICATOR_TYPE_LABELS[type]} can only be ${permitted.map(actionWords).join(" or ")} there, not ${actionWords(wished)}.${who}`;
    return { code: "action-not-possible", reason };
  }
  const personalSeverity = hasActions ? (override?.severity ?? wishedSeverity(chosen)) : null;
  const severity = personalSeverity ?? rule?.severity ?? policy.severity;
  const hasPart =
    isByRule ||
    (rule?.expiryDays ?? null) !== null ||
    (rule?.deviceGroups ?? null) !== null ||
    (personalSeverity === null && (rule?.severity ?? null) !== null);
  return { action, severity, rule: fitting && hasPart ? fitting.place : null };
};

/** What the connector's gate does not let be blocked stays out; what of it stands already, or may be watched, is not made stricter. */
const holdBack = (
  { type, value, blast, override }: Candidate,
  treatment: Treatment,
  { policy, now, findNear, permittedActions }: Context,
): (Treatment & { heldTo: Blocked | null }) | Blocked => {
  const { action } = treatment;
  // It stands there so already, and a person made that the team's wish.
  if ((override?.action ?? null) !== null) return { ...treatment, heldTo: null };
  const held = passGate(policy.gate ?? null, { type, value, action, blast, findNear }, now);
  if (held === null) return { ...treatment, heldTo: null };
  const { code, reason, isWatched } = held;
  const standing = blast?.standingAction ?? null;
  const milder = standing === null || isBlocking(standing) ? (isWatched ? "Audit" : null) : standing;
  return milder !== null && permittedActions(type).includes(milder)
    ? { ...treatment, action: milder, heldTo: { code, reason } }
    : { code, reason };
};

const block = (blocked: Blocked): Decision => ({ isWanted: false, ...blocked });

const findGone = (candidate: Candidate, now: Date): Blocked | null => {
  const { withdrawnBecause, isActive, isFaded, vouchings, mark, validUntil } = candidate;
  if (mark !== null && recallOf(mark.list) !== null) return { code: "recalled", reason: mark.reason };
  if (withdrawnBecause !== null)
    return { code: "withdrawn", reason: `A person withdrew it: ${withdrawnBecause}` };
  if (!isActive || vouchings.length === 0)
    return { code: "no-longer-listed", reason: "No feed of the team names it any longer." };
  if (mark?.effect === "stop")
    return { code: "allowlisted", reason: `The allowlist “${mark.name}” keeps it in. ${mark.reason}` };
  if (validUntil !== null && validUntil <= now)
    return isFaded
      ? fadedOut(validUntil)
      : { code: "expired", reason: `Its last source vouched for it until ${validUntil.toISOString()}.` };
  return null;
};

const heldBack = (vouchings: readonly Vouching[]): Blocked => ({
  code: "withheld",
  reason: `A person holds it back: ${vouchings.find(({ heldBecause }) => heldBecause !== null)?.heldBecause ?? ""}`,
});

const fadedOut = (at: Date): Blocked => ({
  code: "expired",
  reason: `Its confidence faded to the team’s floor on ${at.toISOString().slice(0, 10)}: nobody has seen it for too long.`,
});

const ofTypes = (
  vouchings: readonly Vouching[],
  own: Candidate["type"],
  types: readonly Candidate["type"][] | null,
): readonly Vouching[] =>
  types === null ? vouchings : keep(vouchings, ({ network }) => types.includes(network?.type ?? own));

const chooseVouchings = (
  vouchings: readonly Vouching[],
  feeds: readonly string[] | null,
): readonly Vouching[] =>
  keep(vouchings, ({ feedId, isWithheld }) => !isWithheld && (feeds === null || feeds.includes(feedId)));

/** When only some feeds are chosen, those left out do not lengthen the validity. */
const latestEnd = (candidate: Candidate, chosen: readonly Vouching[]): Date | null => {
  if (chosen.length === candidate.vouchings.length) return candidate.validUntil;
  let latest: Date | null = null;
  for (const { validUntil } of chosen) {
    if (validUntil === null) return candidate.validUntil;
    if (latest === null || validUntil > latest) latest = validUntil;
  }
  return latest;
};

const wishedAction = (chosen: readonly Vouching[]): Action | null => {
  for (const { wish } of chosen) if (wish?.action !== undefined && isAction(wish.action)) return wish.action;
  return null;
};

const wishedSeverity = (chosen: readonly Vouching[]): Severity | null => {
  for (const { wish } of chosen)
    if (wish?.severity !== undefined && isSeverity(wish.severity)) return wish.severity;
  return null;
};
