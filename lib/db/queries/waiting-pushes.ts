/** The key of the setting that stops all sending of the installation. */
export const STOP_KEY = "delivery-stop";

/** Whether nothing may be sent by a connector now; read once, however many rows ask. `connector` is an expression for its id. */
export const isSwitchedOff = (connector: string): string =>
  `(${connector} IN (SELECT connector_stop.connector_id FROM connector_stop)
     OR EXISTS (SELECT FROM setting WHERE setting.key = '${STOP_KEY}'))`;

/**
 * Whether a push is to go on by itself once its destination answers, may be asked again, or sending is switched on again; `push` names its
 * row. A worker may look at it at this moment.
 */
export const isWaiting = (push: string): string =>
  `(${push}.state IN ('queued', 'running') AND (${push}.waiting_since IS NOT NULL OR ${isSwitchedOff(`${push}.connector_id`)}))`;

/** As `isWaiting`, and no worker has it: a newer plan takes the place of such a push. */
export const isLeftWaiting = (push: string): string => `(${push}.lease_owner IS NULL AND ${isWaiting(push)})`;

/** Whether a push waits for its destination, and nobody tries right now. `push` is the name of its table in the statement. */
const isPutOff = (push: string): string =>
  `(${push}.waiting_since IS NOT NULL AND ${push}.lease_owner IS NULL AND ${push}.state = 'running')`;

/**
 * Whether a push is under way, so that its end may be waited for. One that waits for its destination is for some minutes only: it may
 * wait for hours.
 */
export const isUnderWay = (push: string): string =>
  `(${push}.state IN ('queued', 'running')
    AND NOT (${isPutOff(push)} AND ${push}.waiting_since < clock_timestamp() - interval '${String(PATIENCE_MINUTES)} minutes'))`;

const PATIENCE_MINUTES = 5;

/**
 * Whether a connector's urgent pushes leave no room for another: one is under way, or as many wait as may. `connector` is an expression
 * for the connector's id.
 */
export const hasUrgentUnderWay = (connector: string): string =>
  `(SELECT count(*) FILTER (WHERE NOT ${isPutOff("u")}) > 0 OR count(*) >= ${String(MOST_WAITING)} FROM push u
    WHERE u.connector_id = ${connector} AND u.urgent AND u.state IN ('queued', 'running'))`;

/** Each asks once a minute, so that a long outage must not make many. */
const MOST_WAITING = 3;
