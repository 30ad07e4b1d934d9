import { utcMinute } from "@/lib/domain/utc";
import type { ConnectorWithHealth } from "@/lib/services/connectors/list-connectors";

import type { Attention } from "./attention";

export type Compared = Pick<
  ConnectorWithHealth,
  | "id"
  | "name"
  | "enabled"
  | "reconciledAt"
  | "reconcileProblem"
  | "reconcileMinutes"
  | "comparison"
  | "openStrangers"
  | "createdAt"
>;

/** What comparing a destination with what was sent found, and that it cannot be compared, where a person has to see to it. */
export const attentionOfComparison = (connector: Compared, now: Date): Attention[] => [
  ...attentionOfProblem(connector, now),
  ...attentionOfStrangers(connector),
  ...attentionOfUnlike(connector),
];

/** One that failed is tried again; nobody is called before the second should have come. A paused one is not compared. */
const attentionOfProblem = (
  { id, name, enabled, reconciledAt, reconcileProblem, reconcileMinutes, createdAt }: Compared,
  now: Date,
): Attention[] => {
  if (reconcileProblem === null || !enabled) return [];
  const waited = now.getTime() - (reconciledAt ?? createdAt).getTime();
  if (waited <= 2 * reconcileMinutes * MINUTE_MS) return [];
  const since = reconciledAt === null ? "was never compared" : `was last compared ${utcMinute(reconciledAt)}`;
  const message = `${name} ${since}, and cannot be: ${reconcileProblem} Until then nobody sees what changes there.`;
  return [{ kind: "uncompared", message, path: `connectors/${id}` }];
};

const attentionOfStrangers = ({ id, name, openStrangers }: Compared): Attention[] => {
  if (openStrangers === 0) return [];
  const what =
    openStrangers === 1
      ? "1 record of its application was"
      : `${openStrangers.toLocaleString("en-US")} records of its application were`;
  const message = `${name}: ${what} not sent from here. Decide about ${openStrangers === 1 ? "it" : "them"}; if none of you made ${openStrangers === 1 ? "it" : "them"}, somebody else may hold the application’s secret.`;
  return [{ kind: "strangers", message, path: `connectors/${id}` }];
};

const attentionOfUnlike = ({ id, name, comparison }: Compared): Attention[] => {
  const unlike = comparison.found?.unlike ?? 0;
  if (unlike === 0) return [];
  const what = unlike === 1 ? "1 record was" : `${unlike.toLocaleString("en-US")} records were`;
  const message = `${name}: when it was last compared, ${what} shown otherwise than sent. ${unlike === 1 ? "Its receipt" : "Each receipt"} says how.`;
  return [{ kind: "unlike", message, path: `connectors/${id}/receipts?state=accepted` }];
};

const MINUTE_MS = 60_000;
