import type { Failures } from "@/lib/services/delivery/count-failures";

import type { Attention } from "./attention";

type Connector = { id: string; name: string; failures: Failures };

/** What failed at a connector, each kind by what it leaves behind and what is to be done; its receipts say which. */
export const attentionOfFailures = ({ id, name, failures }: Connector): Attention[] =>
  KINDS.flatMap(({ kind, say }) => {
    const count = failures[kind];
    if (count === 0) return [];
    const message = say(name, count);
    return [{ kind: "failed-items", message, path: `connectors/${id}/receipts?state=failed` }];
  });

const indicators = (count: number): string =>
  count === 1 ? "1 indicator" : `${count.toLocaleString("en-US")} indicators`;

// What goes on blocking although it was taken back comes first.
const KINDS: readonly { kind: keyof Failures; say: (name: string, count: number) => string }[] = [
  {
    kind: "standing",
    say: (name, count) =>
      `${indicators(count)} could not be removed from ${name} and still ${count === 1 ? "stands" : "stand"} there. Plan again, or remove ${count === 1 ? "it" : "them"} in Microsoft’s portal.`,
  },
  {
    kind: "unanswered",
    say: (name, count) =>
      `${name} never answered about ${indicators(count)}: ${count === 1 ? "it" : "they"} may stand there or not. Resume the stopped push or make a new plan.`,
  },
  {
    kind: "leftOut",
    say: (name, count) =>
      `${indicators(count)} that ${name} never answered about ${count === 1 ? "was" : "were"} left out by a person: ${count === 1 ? "its receipt says" : "their receipts say"} what may stand there. “Try these again” on a plan asks for ${count === 1 ? "it" : "them"}; while the connector is paused, “Plan removals” asks for what is to go.`,
  },
  {
    kind: "lost",
    say: (name, count) =>
      `${name} refused to take ${indicators(count)} anew that another team’s application had put there. The next plan adds ${count === 1 ? "it" : "them"} again.`,
  },
  {
    kind: "refused",
    say: (name, count) =>
      `${name} refused ${indicators(count)}${count === 1 ? ", and says why" : "; each says why"}.`,
  },
];
