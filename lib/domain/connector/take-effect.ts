import type { ConnectorKind } from "./kinds";

/** How long Microsoft takes until what it stores has an effect, and who says so. */
export const TAKE_EFFECT: Readonly<Record<ConnectorKind, { words: string; source: string }>> = {
  defender: {
    words:
      "On devices: addresses, domains and URLs usually within 2 hours, at most 48; files within 15 to 30 minutes, at most 2 hours; certificates within 3 hours.",
    source:
      "By Microsoft’s pages on indicators. Custom network indicators and Allow or block file have to be on in the tenant.",
  },
  sentinel: {
    words:
      "In the workspace’s table after some minutes; an analytics rule matches it from its next run on. What holds is published there again every 7 to 10 days.",
    source: "Microsoft states no time for the first; the days are those of its page on STIX objects.",
  },
};
