/**
 * Whether something is being sent to a destination, or was and is not answered yet, so that what stands there proves nothing. A push
 * that only waits, for however long, is no reason. `destination` is an expression for the destination's id.
 */
export const isSending = (destination: string): string => `EXISTS (
  SELECT FROM push p JOIN connector sender ON sender.id = p.connector_id
  WHERE sender.destination_id = ${destination} AND p.state IN ('queued', 'running') AND (
    p.lease_until > clock_timestamp()
    OR EXISTS (SELECT FROM push_item i WHERE i.push_id = p.id AND i.state = 'sending')))`;
