import { isOfLiveNetwork } from "./network-addresses";

/**
 * Whether a source of the team still names the value that this row is about, or a network that it is an address of. OFFSET has each
 * looked up by its whole key, instead of a team's view being read whole.
 */
export const isVouchedFor = (row: string): string =>
  `(EXISTS (SELECT FROM team_indicator own
      WHERE own.team_id = ${row}.team_id AND own.indicator_id = ${row}.indicator_id AND own.active OFFSET 0)
    OR ${isOfLiveNetwork(row)})`;
