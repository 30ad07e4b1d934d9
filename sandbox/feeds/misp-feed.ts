import { createHash } from "node:crypto";

import { pathParam, type Call } from "../http/call";
import { conditional } from "../http/conditional";
import { text, type Reply } from "../http/reply";

import { allAttributes, MISP_EVENTS } from "./misp-events";

const MODIFIED_AT = new Date("2026-11-02T16:00:00Z");

/** `GET /feeds/misp/{manifest.json|hashes.csv|<uuid>.json}`: a feed in MISP's own format. */
export const serveMispFeed = (call: Call): Reply => {
  const name = pathParam(call, "file").replace(/^\/+/, "");
  if (name === "manifest.json") return serve(call, "application/json", JSON.stringify(manifest()));
  if (name === "hashes.csv") return serve(call, "text/csv; charset=utf-8", hashes());
  const event = MISP_EVENTS.find(({ uuid }) => `${uuid}.json` === name);
  if (event === undefined) return text(404, "text/plain; charset=utf-8", "Not found.\n");
  // PyMISP's exporter leaves deleted attributes in only when asked; this feed asks, so that it can revoke.
  return serve(call, "application/json", JSON.stringify({ Event: event }));
};

const manifest = () =>
  Object.fromEntries(
    MISP_EVENTS.map((event) => [
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
const hashes = (): string =>
  MISP_EVENTS.flatMap((event) =>
    allAttributes(event)
      .filter((attribute) => !attribute.deleted)
      .flatMap((attribute) => attribute.value.split("|"))
      .map((value) => `${createHash("md5").update(value).digest("hex")},${event.uuid}\n`),
  ).join("");

const serve = (call: Call, contentType: string, body: string): Reply =>
  conditional(call, { contentType, body, modifiedAt: MODIFIED_AT });
