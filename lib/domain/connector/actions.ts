/**
 * What Defender is to do on a match, mildest first. The order decides when teams differ: the strictest wins, so an
 * `Allowed` of one team never opens what another blocks.
 */
export const ACTIONS = ["Allowed", "Audit", "Warn", "Block", "BlockAndRemediate"] as const;
export type Action = (typeof ACTIONS)[number];

/** The one set of words for them on every screen; files and the API keep Microsoft's own names. */
export const ACTION_LABELS: Readonly<Record<Action, string>> = {
  Allowed: "Allowed",
  Audit: "Audit",
  Warn: "Warn",
  Block: "Block",
  BlockAndRemediate: "Block and remediate",
};

/** What each of them does there, for whoever has to choose one. */
export const ACTION_GLOSSARY =
  "Allowed lets it pass without an alert. Audit only records. Warn stops it until the person goes on all the same. Block stops it. Block and remediate removes the file as well.";

/** The actions as a form offers them. */
export const ACTION_OPTIONS = ACTIONS.map((value) => ({ value, label: ACTION_LABELS[value] }));

/** An action in words; what is none of ours stands as it came from Microsoft. */
export const actionWords = (action: string): string => (isAction(action) ? ACTION_LABELS[action] : action);

/** How loud an alert is, quietest first. */
export const SEVERITIES = ["Informational", "Low", "Medium", "High"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The stricter of two actions. */
export const stricterAction = (one: Action, other: Action): Action =>
  ACTIONS.indexOf(one) >= ACTIONS.indexOf(other) ? one : other;

/** The louder of two severities. */
export const higherSeverity = (one: Severity, other: Severity): Severity =>
  SEVERITIES.indexOf(one) >= SEVERITIES.indexOf(other) ? one : other;

/** Whether a stored or foreign text is one of our actions. */
export const isAction = (text: string): text is Action => (ACTIONS as readonly string[]).includes(text);

/** Whether a stored or foreign text is one of our severities. */
export const isSeverity = (text: string): text is Severity =>
  (SEVERITIES as readonly string[]).includes(text);
