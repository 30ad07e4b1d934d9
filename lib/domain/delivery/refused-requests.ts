/** What a request carried that was refused as a whole, with the answer's status; null: it reached nobody. */
type RefusedRequest = { ids: readonly string[]; status: number | null };

/** Follows the requests that carry one part of a batch, in order, and tells what of it is for certain not there. */
export type RefusedRequests = {
  begin: () => void;
  /** A request with these is about to leave. */
  leave: (ids: readonly string[]) => void;
  /** The last one was refused. */
  refuse: (status: number | null) => void;
  /** What only the last request carried, if that was refused; what an earlier one carried as well may be there by that one. */
  find: () => RefusedRequest | null;
  /** What the last one carried, unless that was refused. */
  findLast: () => readonly string[];
};

export const followRequests = (): RefusedRequests => {
  const unclear = new Set<string>();
  let last: readonly string[] = [];
  let refusal: RefusedRequest | null = null;
  return {
    begin: () => {
      unclear.clear();
      last = [];
      refusal = null;
    },
    leave: (ids) => {
      if (refusal === null) for (const id of last) unclear.add(id);
      last = ids;
      refusal = null;
    },
    refuse: (status) => {
      refusal = { ids: last.filter((id) => !unclear.has(id)), status };
    },
    find: () => refusal,
    findLast: () => (refusal === null ? last : []),
  };
};
