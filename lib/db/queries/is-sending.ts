/**
 * Whether a worker is sending to a destination right now, so that what stands there may be another thing in a moment. A push that only
 * waits, for however long and whatever it has sent, is no reason: it is told record by record. `destination` is an expression for the
 * destination's id.
 */
export const isSending = (destination: string): string => `EXISTS (
  SELECT FROM push p JOIN connector sender ON sender.id = p.connector_id
  WHERE sender.destination_id = ${destination} AND p.state IN ('queued', 'running') AND p.lease_until > clock_timestamp())`;

/**
 * Whether something of an indicator was sent to a destination, by whatever connector, and not answered to its end: what stands there of
 * it may be ours as well before as after, and proves nothing. Both are expressions for ids; asked row by row, since it is true of few.
 */
export const isUnsettled = (destination: string, indicator: string): string => `EXISTS (
  SELECT FROM push_item unsettled JOIN push sent ON sent.id = unsettled.push_id JOIN connector sender ON sender.id = sent.connector_id
  WHERE unsettled.indicator_id = ${indicator} AND unsettled.state = 'sending' AND sender.destination_id = ${destination} OFFSET 0)`;
