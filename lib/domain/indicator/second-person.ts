import { isAction, type Action } from "@/lib/domain/connector/actions";

/** Which additions and edits of a team's own list wait for another member: none, those that may block, or all. */
export const SECOND_PERSON = ["off", "block", "all"] as const;
export type SecondPerson = (typeof SECOND_PERSON)[number];

type Change = {
  /** What its author wishes of Defender; null: as each connector says. */
  action: Action | null;
};

type Rule = {
  secondPerson: SecondPerson;
  /** The actions of the team's connectors that take local indicators, for what wishes none of its own. */
  connectorActions: readonly string[];
};

/** Whether an addition or an edit waits for a second person. What only watches or warns never counts as blocking. */
export const needsSecondPerson = (change: Change, { secondPerson, connectorActions }: Rule): boolean => {
  switch (secondPerson) {
    case "off":
      return false;
    case "all":
      return true;
    case "block":
      return change.action === null ? connectorActions.some(blocks) : blocks(change.action);
  }
};

const blocks = (action: string): boolean => isAction(action) && BLOCKING.includes(action);

const BLOCKING: readonly Action[] = ["Block", "BlockAndRemediate"];
