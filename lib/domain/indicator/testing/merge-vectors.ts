// What MineMeld's two aggregators do with several sources of one value, as its own tests say (minemeld-core, test_ft_op and
// test_ft_ipop): our table of the cases, in other values since ours are read by allowlists, and what ours make of each.

/** Letters of the reasons in docs/adr/0023-*.md. */
type Difference = "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H";

export type Said = {
  source: string;
  confidence?: number;
  firstDay?: number;
  lastDay?: number;
  tlp?: "green" | "amber" | "red";
};

type MergeVector = {
  name: string;
  said: readonly Said[];
  /** What MineMeld emits for all of them together; null: it withdraws the value. */
  theirs: {
    sources: readonly string[];
    confidence?: number;
    firstDay?: number;
    lastDay?: number;
    tlp?: string;
  } | null;
  differs?: Difference;
};

/** Attributes of one value from several sources. */
export const MERGE_VECTORS: readonly MergeVector[] = [
  { name: "one source", said: [{ source: "s1" }], theirs: { sources: ["s1"] } },
  { name: "two sources", said: [{ source: "s1" }, { source: "s2" }], theirs: { sources: ["s1", "s2"] } },
  {
    name: "a source that says it again",
    said: [{ source: "s1" }, { source: "s2" }, { source: "s1" }],
    theirs: { sources: ["s1", "s2"] },
  },
  { name: "the second source left", said: [{ source: "s1" }], theirs: { sources: ["s1"] } },
  { name: "all sources left", said: [], theirs: null },
  {
    name: "earliest and latest sighting, highest confidence",
    said: [
      { source: "s1", firstDay: 10, lastDay: 25, confidence: 20 },
      { source: "s2", firstDay: 5, lastDay: 20, confidence: 30 },
    ],
    theirs: { sources: ["s1", "s2"], firstDay: 5, lastDay: 25, confidence: 30 },
  },
  {
    name: "markings, the mild one last",
    said: [
      { source: "s1", tlp: "red" },
      { source: "s2", tlp: "green" },
    ],
    theirs: { sources: ["s1", "s2"], tlp: "green" },
    differs: "A",
  },
  {
    name: "markings, the strict one last",
    said: [
      { source: "s1", tlp: "green" },
      { source: "s2", tlp: "red" },
    ],
    theirs: { sources: ["s1", "s2"], tlp: "red" },
  },
];

type NetworkVector = {
  name: string;
  said: readonly string[];
  /** What they emit, `first-last`. */
  theirs: readonly string[];
  /** What stands with us, each by itself. */
  ours: readonly string[];
  /** The spelling or the cut is another; the addresses are the same ones. */
  differs?: Difference;
};

/** Addresses, ranges and networks of IPv4 that overlap. */
export const NETWORK_VECTORS: readonly NetworkVector[] = [
  {
    name: "one address",
    said: ["45.155.0.1"],
    theirs: ["45.155.0.1-45.155.0.1"],
    ours: ["45.155.0.1"],
    differs: "B",
  },
  {
    name: "a range around it",
    said: ["45.155.0.1", "45.155.0.1-45.155.0.3"],
    theirs: ["45.155.0.1-45.155.0.1", "45.155.0.2-45.155.0.3"],
    ours: ["45.155.0.1", "45.155.0.2/31"],
    differs: "B",
  },
  {
    name: "an address inside the range",
    said: ["45.155.0.1", "45.155.0.1-45.155.0.3", "45.155.0.2-45.155.0.2"],
    theirs: ["45.155.0.1-45.155.0.1", "45.155.0.2-45.155.0.2", "45.155.0.3-45.155.0.3"],
    ours: ["45.155.0.1", "45.155.0.2", "45.155.0.2/31"],
    differs: "C",
  },
  {
    name: "ranges that share one address",
    said: ["45.155.0.1-45.155.0.3", "45.155.0.3-45.155.0.4"],
    theirs: ["45.155.0.1-45.155.0.2", "45.155.0.3-45.155.0.3", "45.155.0.4-45.155.0.4"],
    ours: ["45.155.0.1", "45.155.0.2/31", "45.155.0.3", "45.155.0.4"],
    differs: "C",
  },
  {
    name: "the last network of a wider one",
    said: ["45.155.0.0/16", "45.155.255.0/24"],
    theirs: ["45.155.0.0-45.155.254.255", "45.155.255.0-45.155.255.255"],
    ours: ["45.155.0.0/16", "45.155.255.0/24"],
    differs: "C",
  },
  {
    name: "a network in the middle of another",
    said: ["45.155.0.0/16", "45.155.1.0/24"],
    theirs: ["45.155.0.0-45.155.0.255", "45.155.1.0-45.155.1.255", "45.155.2.0-45.155.255.255"],
    ours: ["45.155.0.0/16", "45.155.1.0/24"],
    differs: "C",
  },
  {
    name: "three networks, one in the other",
    said: ["45.155.0.0/16", "45.155.1.0/24", "45.155.1.128/25"],
    theirs: [
      ...["45.155.0.0-45.155.0.255", "45.155.1.0-45.155.1.127"],
      ...["45.155.1.128-45.155.1.255", "45.155.2.0-45.155.255.255"],
    ],
    ours: ["45.155.0.0/16", "45.155.1.0/24", "45.155.1.128/25"],
    differs: "C",
  },
  {
    name: "networks beside each other are not joined",
    said: ["45.155.0.0/24", "45.155.1.0/24"],
    theirs: ["45.155.0.0-45.155.0.255", "45.155.1.0-45.155.1.255"],
    ours: ["45.155.0.0/24", "45.155.1.0/24"],
    differs: "B",
  },
];
