import { createHash } from "node:crypto";

import { pathParam, type Call } from "../http/call";
import { conditional } from "../http/conditional";
import { text, type Reply } from "../http/reply";

import { type World } from "../world";

import { allAttributes, type MispEvent } from "./misp-events";
import { mispEvents } from "./misp-versions";

const MODIFIED_AT = { 1: new Date("2026-11-02T16:00:00Z"), 2: new Date("2026-11-03T10:00:00Z") };

/** `GET /feeds/misp/{manifest.json|hashes.csv|<uuid>.json}`: a feed in MISP's own format, in the version of the state. */
export const serveMispFeed = (call: Call, world: World): Reply => {
  const name = pathParam(call, "file").replace(/^\/+/, "");
  const version = world.state.mispVersion;
  const events = mispEvents(version);
  const serve = (contentType: string, body: string): Reply =>
    conditional(call, { contentType, body, modifiedAt: MODIFIED_AT[version] });
  if (name === "manifest.json") return serve("application/json", JSON.stringify(manifest(events)));
  if (name === "hashes.csv") return serve("text/csv; charset=utf-8", hashes(events));
  const event = events.find(({ uuid }) => `${uuid}.json` === name);
  if (event === undefined) return text(404, "text/plain; charset=utf-8", "Not found.\n");
  // PyMISP's exporter leaves deleted attributes in only when asked; this feed asks, so that it can revoke.
  return serve("application/json", JSON.stringify({ Event: event }));
};

const manifest = (events: MispEvent[]) =>
  Object.fromEntries(
    events.map((event) => [
      event.uuid,
      {
        Orgc: event.Orgc,
        Tag: event.Tag,
        info: event.info,
        date: event.date,
        analysis: Number(event.analysis),
        threat_level_id: Number(event.threat_level_id),
        timestamp: Number(event.timestamp),
      },
    ]),
  );

/** One line for each value, and for each half of a composite. */
const hashes = (events: MispEvent[]): string =>
  events
    .flatMap((event) =>
      allAttributes(event)
        .filter((attribute) => !attribute.deleted)
        .flatMap((attribute) => attribute.value.split("|"))
        .map((value) => `${createHash("md5").update(value).digest("hex")},${event.uuid}\n`),
    )
    .join("");
