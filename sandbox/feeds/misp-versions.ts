import { allAttributes, makeEvent, MISP_EVENTS, type MispEvent, NETWORK } from "./misp-events";

/** Which events are served: as they were at first, or a day later. */
type MispVersion = 1 | 2;

const LATER = "2026-11-03T09:00:00Z";
const [LOADER, , RANSOM] = MISP_EVENTS;
if (LOADER === undefined || RANSOM === undefined) throw new Error("There are three events.");

/** One attribute is new, one is no longer meant for detection, one was revoked and one deleted without a trace. */
const changedLoader = (loader: MispEvent): MispEvent => {
  const timestamp = String(Date.parse(LATER) / 1000);
  const [added] = makeEvent("loader", LATER, {
    ...loader,
    attributes: [{ type: "domain", category: NETWORK, value: "relay.example-sluice-demo.com" }],
  }).Attribute;
  return {
    ...loader,
    timestamp,
    publish_timestamp: String(Number(timestamp) + 600),
    Attribute: [
      ...loader.Attribute.filter(({ type }) => type !== "hostname").map((one) => {
        if (one.type === "ip-dst") return { ...one, to_ids: false, timestamp };
        return one.type === "url" ? { ...one, deleted: true, timestamp } : one;
      }),
      ...(added === undefined ? [] : [added]),
    ],
  };
};

/** A day later the first event has changed, the second is gone, the third is as it was, a fourth is new. */
const VERSIONS: Record<MispVersion, MispEvent[]> = {
  1: MISP_EVENTS,
  2: [
    changedLoader(LOADER),
    RANSOM,
    makeEvent("botnet", LATER, {
      info: "Demo: botnet nodes seen the day after",
      analysis: "0",
      threat_level_id: "2",
      Tag: [{ name: "tlp:green", colour: "#339900", exportable: true }],
      attributes: [
        { type: "ip-dst", category: NETWORK, value: "45.155.249.51" },
        { type: "ip-dst", category: NETWORK, value: "45.155.249.52" },
        { type: "domain", category: NETWORK, value: "node.example-sluice-demo.org" },
      ],
    }),
  ],
};

/** The events of a version. */
export const mispEvents = (version: MispVersion): MispEvent[] => VERSIONS[version];

const numbered = (uuids: string[]): Map<string, number> =>
  new Map([...new Set(uuids)].map((uuid, index) => [uuid, index + 1]));
const everything = [...VERSIONS[1], ...VERSIONS[2]];

/** The numbers that a server gives to events and attributes; they stay the same from one version to the next. */
export const EVENT_NUMBERS = numbered(everything.map(({ uuid }) => uuid));
export const ATTRIBUTE_NUMBERS = numbered(
  everything.flatMap((event) => allAttributes(event).map(({ uuid }) => uuid)),
);
