/** The key of the setting that stops all sending of the installation. */
export const STOP_KEY = "delivery-stop";

/** Whether nothing may be sent by a connector now; read once, however many rows ask. `connector` is an expression for its id. */
const isSwitchedOff = (connector: string): string =>
  `(${connector} IN (SELECT connector_stop.connector_id FROM connector_stop)
     OR EXISTS (SELECT FROM setting WHERE setting.key = '${STOP_KEY}'))`;

/**
 * Whether a push is to go on by itself once its destination answers, or sending is switched on again; `push` names its row. A worker may
 * look at it at this moment.
 */
export const isWaiting = (push: string): string =>
  `(${push}.state IN ('queued', 'running') AND (${push}.waiting_since IS NOT NULL OR ${isSwitchedOff(`${push}.connector_id`)}))`;

/** As `isWaiting`, and no worker has it: a newer plan takes the place of such a push. */
export const isLeftWaiting = (push: string): string => `(${push}.lease_owner IS NULL AND ${isWaiting(push)})`;
