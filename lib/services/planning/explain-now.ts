import "server-only";

import { bulkAsTeam } from "@/lib/db/scope";
import type { Action, Severity } from "@/lib/domain/connector/actions";
import { describeRule } from "@/lib/domain/connector/rule-words";
import { AppError } from "@/lib/domain/errors";
import type { Candidate } from "@/lib/domain/selection/candidate";
import type { Decision } from "@/lib/domain/selection/decide";
import type { PoolClient } from "pg";

import { listedIds } from "./candidate-ids";
import { findKeptOut } from "./kept-out";
import { decidePages } from "./judge-candidates";
import { readPlanningConnector, type PlanningConnector } from "./planning-connector";
import { openCandidates } from "./read-candidates";

/** What a connector's policy, as it is set now, makes of one value, and by what; `action` is null where it would stay out. */
export type PolicyNow = {
  action: Action | null;
  severity: Severity | null;
  expiresAt: Date | null;
  /** The rule, the person or the list that gave the action; why it stays out where it does. */
  by: string;
};

type Options = { teamId: string; connectorIds: readonly string[]; indicatorId: string; now: Date };

/** Judges one value, by its number in PostgreSQL, as each connector's next plan would. */
export const explainNow = async ({
  teamId,
  connectorIds,
  indicatorId,
  now,
}: Options): Promise<ReadonlyMap<string, PolicyNow>> => {
  const words = new Map<string, PolicyNow>();
  if (connectorIds.length === 0) return words;
  return bulkAsTeam(teamId, async (client) => {
    for (const connectorId of connectorIds) {
      const connector = await findConnector(client, { connectorId, teamId });
      const said = connector && (await explain(client, connector, { indicatorId, now }));
      if (said) words.set(connectorId, said);
    }
    return words;
  });
};

/** Null for one that was deleted since its plans were read. */
const findConnector = async (
  client: PoolClient,
  own: { connectorId: string; teamId: string },
): Promise<PlanningConnector | null> => {
  try {
    return await readPlanningConnector(client, own);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  }
};

const explain = async (
  client: PoolClient,
  connector: PlanningConnector,
  { indicatorId, now }: Pick<Options, "indicatorId" | "now">,
): Promise<PolicyNow | null> => {
  const reader = await openCandidates(client, connector);
  const deciding = { connector, isWithdrawal: false, now, findKeptOut: findKeptOut(client, connector) };
  for await (const { page, decisions } of decidePages(client, reader, listedIds([indicatorId]), deciding)) {
    const [decision] = decisions;
    const [one] = page;
    if (decision && one) return toWords(connector, decision, { feedName: reader.feedName, ...one.candidate });
  }
  return null;
};

type Around = Pick<Candidate, "mark" | "override"> & { feedName: (id: string) => string | undefined };

const toWords = (
  connector: PlanningConnector,
  decision: Decision,
  { feedName, mark, override }: Around,
): PolicyNow => {
  if (!decision.isWanted) return { action: null, severity: null, expiresAt: null, by: decision.reason };
  const { share, rule: place, chosen } = decision;
  const { action, severity, expiresAt } = share;
  const rule = place === null ? undefined : connector.policy.rules[place];
  const isPersonal = chosen.some(({ wish }) => wish !== null);
  const parts = [
    mark?.effect === "audit-only" ? `The allowlist “${mark.name}” allows Audit at most.` : null,
    override && `${override.by} adopted how it stood there: ${override.reason}`,
    isPersonal && connector.policy.kind === "defender" ? "Asked for by whoever added it by hand." : null,
    rule && place !== null ? `Rule ${String(place + 1)}: ${describeRule(rule, feedName)}.` : null,
  ].filter((part) => part !== null);
  return { action, severity, expiresAt, by: parts.length === 0 ? DEFAULT : parts.join(" ") };
};

const DEFAULT = "As the connector is set; no rule of it fits.";
