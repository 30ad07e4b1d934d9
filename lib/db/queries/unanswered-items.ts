import { isWaiting } from "./waiting-pushes";

/**
 * The indicators that a connector sent and got no answer for before its push stopped, or began to wait for its destination or for
 * sending to be switched on: whether they stand at the destination is not known, so they count as if they did until a later push, or the
 * same one resumed, was answered. So does what is shown although its removal was accepted (of no push). For an urgent push, which
 * goes beside others and does not wait for their end, so does what those are sending. A removal that an urgent push sent brings nothing.
 * `connector` is an expression for the connector's id, `isIn` tells which indicators are asked about; the columns are `push_id` and
 * `indicator_id`.
 */
export const unansweredItems = (connector: string, { isUrgent = false, isIn }: Options = {}): string =>
  `(SELECT shown.push_id, shown.indicator_id FROM (
      SELECT '${NO_PUSH}'::uuid AS push_id, receipt.indicator_id FROM receipt
      WHERE receipt.connector_id = ${connector} AND receipt.still_shown${isIn ? ` AND ${isIn("receipt.indicator_id")}` : ""}
    ) shown UNION ALL SELECT item.push_id, item.indicator_id FROM push JOIN ${isIn ? itemsIn(isIn) : ITEMS}
    WHERE push.connector_id = ${connector} AND ${isUrgent ? OPEN_OR_STOPPED : WAITING_OR_STOPPED})`;

type Options = { isUrgent?: boolean; isIn?: ((id: string) => string) | undefined };

const ITEMS = "push_item item ON item.push_id = push.id AND item.state = 'sending'";

/** Looked up push by push, however else the query is joined: what other pushes have open may be very many. */
const itemsIn = (isIn: (id: string) => string): string =>
  `LATERAL (
      SELECT one.push_id, one.indicator_id, one.operation FROM push_item one
      WHERE one.push_id = push.id AND one.state = 'sending' AND ${isIn("one.indicator_id")} OFFSET 0) item ON true`;

const NO_PUSH = "00000000-0000-0000-0000-000000000000";

const IS_URGENT_REMOVAL = "(push.urgent AND item.operation = 'remove')";

const WAITING_OR_STOPPED = `(push.state = 'stopped' OR (${isWaiting("push")} AND NOT ${IS_URGENT_REMOVAL}))`;

const OPEN_OR_STOPPED = `(push.state = 'stopped' OR (push.state IN ('queued', 'running') AND NOT ${IS_URGENT_REMOVAL}))`;
