/**
 * The indicators that a connector sent and got no answer for before its push stopped: whether they stand at the destination is
 * not known, so they count as if they did until a later push, or the same one resumed, was answered. `connector` is an
 * expression for the connector's id; the columns are `push_id` and `indicator_id`.
 */
export const unansweredItems = (connector: string): string =>
  `(SELECT item.push_id, item.indicator_id FROM push JOIN push_item item ON item.push_id = push.id AND item.state = 'sending'
    WHERE push.connector_id = ${connector} AND push.state = 'stopped')`;
