import { openCopy } from "../copy";
import { bulkAsTeam } from "../scope";
import { keepSweepOut } from "./generation";
import { NETWORK_KEY } from "./indicator-keys";
import { LOCK_TIMEOUT } from "./registrar";

// A row of `network_address` is a fact and nobody's: this value is an address of that network, and somebody takes it apart. Like a
// value it is read only beside a row that the reader may see: a network of the team.

/** Codes of the two types of networks. */
const NETWORK_TYPES = "(3, 4)";

/** Whether indicator `i` is a network of at most so many addresses; a parameter or a number. */
export const isSmallNetwork = (most: string): string =>
  `(i.type IN ${NETWORK_TYPES} AND ${most} > 1
    AND 2 ^ (CASE i.type WHEN 3 THEN 32 ELSE 128 END - masklen(${NETWORK_KEY})) <= ${most})`;

/** Whether a network of the team that some feed still names has the address that this row is about. */
export const isOfLiveNetwork = (row: string): string => `EXISTS (
  SELECT FROM network_address part
  JOIN team_indicator around ON around.team_id = ${row}.team_id AND around.indicator_id = part.network_id
  WHERE part.indicator_id = ${row}.indicator_id AND around.active)`;

/** The numbers of the value of this row and of all networks that it is an address of. */
export const withItsNetworks = (row: string): string => `ARRAY(
  SELECT ${row}.indicator_id UNION ALL
  SELECT part.network_id FROM network_address part WHERE part.indicator_id = ${row}.indicator_id)`;

/** An address of a network, to be noted. */
export type NewAddress = { networkId: string; key: string; type: number; value: string };

const COLUMNS = ["network_id", "key", "type", "value"] as const;

/**
 * Notes addresses of networks, on a connection and in a transaction of its own: whoever else brings one of the values waits no
 * longer than for this. In the order of the keys, so that two at once do not wait for each other in a circle.
 */
export const addNetworkAddresses = (teamId: string, addresses: readonly NewAddress[]): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    await client.query("SELECT set_config('lock_timeout', $1, true)", [LOCK_TIMEOUT]);
    await keepSweepOut(client);
    await client.query(
      `CREATE TEMPORARY TABLE network_stage (network_id bigint, key uuid, type smallint, value text COLLATE "C") ON COMMIT DROP`,
    );
    const copy = openCopy(client, "network_stage", COLUMNS);
    for (const { networkId, key, type, value } of addresses) {
      const written = copy.write([networkId, key, type, value]);
      if (written) await written;
    }
    await copy.end();
    await client.query(
      `INSERT INTO indicator (key, type, value) SELECT DISTINCT key, type, value FROM network_stage s
       WHERE NOT EXISTS (SELECT FROM indicator i WHERE i.key = s.key) ORDER BY key
       ON CONFLICT (key) DO NOTHING`,
    );
    await client.query(
      `INSERT INTO network_address (network_id, indicator_id)
       SELECT s.network_id, i.id FROM network_stage s JOIN indicator i ON i.key = s.key ORDER BY 1, 2
       ON CONFLICT DO NOTHING`,
    );
  });
