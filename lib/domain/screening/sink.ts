/** How an entry and a value stand to each other. */
export type Relation =
  | "same"
  | "same-host"
  | "below"
  | "above"
  | "part"
  | "address-in"
  | "network-in"
  | "network-holds"
  | "pattern";

/** Takes each hit of an index; `list` is the list's number in the order in which the lists were given. */
export type Sink = (list: number, entry: string, relation: Relation) => void;
