/** Whether a push waits for its destination to answer, and nobody tries right now. `push` is the name of its table in the statement. */
const isWaiting = (push: string): string =>
  `(${push}.waiting_since IS NOT NULL AND ${push}.lease_owner IS NULL AND ${push}.state = 'running')`;

/**
 * Whether a push is under way, so that its end may be waited for. One that waits for its destination is for some minutes only: it may
 * wait for hours.
 */
export const isUnderWay = (push: string): string =>
  `(${push}.state IN ('queued', 'running')
    AND NOT (${isWaiting(push)} AND ${push}.waiting_since < clock_timestamp() - interval '${String(PATIENCE_MINUTES)} minutes'))`;

const PATIENCE_MINUTES = 5;

/**
 * Whether a connector's urgent pushes leave no room for another: one is under way, or as many wait as may. `connector` is an expression
 * for the connector's id.
 */
export const hasUrgentUnderWay = (connector: string): string =>
  `(SELECT count(*) FILTER (WHERE NOT ${isWaiting("u")}) > 0 OR count(*) >= ${String(MOST_WAITING)} FROM push u
    WHERE u.connector_id = ${connector} AND u.urgent AND u.state IN ('queued', 'running'))`;

/** Each asks once a minute, so that a long outage must not make many. */
const MOST_WAITING = 3;
