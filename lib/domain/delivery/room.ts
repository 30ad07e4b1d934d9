type Refused = {
  /** When the record was sent for the first time. */
  firstSentAt: Date;
  /** When something of ours was deleted at the destination last; null: not lately. */
  deletedAt: Date | null;
  now: Date;
};

/**
 * Whether what was refused for lack of room may find some by itself: a service may free the place of what was deleted only a while after
 * it said so. Counted from when it was first sent, so that it ends whatever else is deleted there meanwhile.
 */
export const mayFindRoom = ({ firstSentAt, deletedAt, now }: Refused): boolean =>
  deletedAt !== null &&
  deletedAt.getTime() > firstSentAt.getTime() - FREED_WITHIN_MS &&
  now.getTime() - firstSentAt.getTime() < TRIED_FOR_MS;

/** How long to wait before it is tried again: somebody waits for what is urgent, and it is to have the place before others. */
export const waitForRoomMs = (isUrgent: boolean): number => (isUrgent ? 10_000 : 30_000);

/** Places are known to be freed some 20 seconds after the deletion. */
const FREED_WITHIN_MS = 60_000;
const TRIED_FOR_MS = 90_000;
/** What was not tried again by then will not be soon: its push may not send, or is asked to wait for long. */
export const OVERDUE_MS = TRIED_FOR_MS + 60_000;
