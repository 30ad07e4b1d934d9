/**
 * Whether what a receipt is of was left out of its push by a person, since nothing was ever answered about it, and nobody asked for it since:
 * of what is never answered, only that keeps what it would be sent as (`receipt.refused_hash`). `receipt` names its row.
 */
export const isLeftOut = (receipt: string): string => asLeftOut(receipt, "");

/** The same of what was to be taken away. */
export const isRemovalLeftOut = (receipt: string): string =>
  asLeftOut(receipt, "AND left_out.operation = 'remove' AND NOT left_out.moves");

const asLeftOut = (receipt: string, which: string): string =>
  `(${receipt}.state = 'failed' AND ${receipt}.refused_hash IS NOT NULL AND EXISTS (
    SELECT FROM push_item left_out WHERE left_out.push_id = ${receipt}.push_id AND left_out.indicator_id = ${receipt}.indicator_id
      AND left_out.state = 'sending' ${which} OFFSET 0))`;
