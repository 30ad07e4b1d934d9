/** Where indicators go: one adapter in `lib/connectors` for each. */
export const CONNECTOR_KINDS = ["defender", "sentinel"] as const;
export type ConnectorKind = (typeof CONNECTOR_KINDS)[number];

/** The names that stand for a cloud's sign-in and API addresses. */
export const CLOUDS = ["public", "gcc", "gcc-high", "china", "sandbox"] as const;
export type Cloud = (typeof CLOUDS)[number];

/** `review`: a person applies each plan. `automatic`: plans are applied as they are made. */
export const CONNECTOR_MODES = ["review", "automatic"] as const;
export type ConnectorMode = (typeof CONNECTOR_MODES)[number];

export const CONNECTOR_MODE_LABELS: Readonly<Record<ConnectorMode, string>> = {
  review: "Review",
  automatic: "Automatic",
};

export const CONNECTOR_KIND_LABELS: Readonly<Record<ConnectorKind, string>> = {
  defender: "Microsoft Defender",
  sentinel: "Microsoft Sentinel",
};
