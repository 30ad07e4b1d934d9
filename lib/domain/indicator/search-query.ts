import { clean } from "./clean";
import { toAsciiHost } from "./host";
import { indicatorId } from "./identity";
import { normalise } from "./normalise";
import type { IndicatorType } from "./types";

/** What a text in the search box asks for. */
export type SearchQuery =
  /** One value in whatever spelling; of an address also the networks around it, of a URL those that begin with it, http or https. */
  | { kind: "value"; type: IndicatorType; value: string }
  /** Everything inside a network, and the networks around it. */
  | { kind: "network"; cidr: string }
  /** The name itself, what is below it, and the URLs and e-mail addresses at any of these. */
  | { kind: "domain"; host: string }
  /** A record by its id: ours, that of its entry or event at a source, or that of its record at a destination. */
  | { kind: "id"; id: string }
  /** How a value begins, or, of domains, URLs and e-mail addresses, what stands in it; or the number of a record. */
  | { kind: "text"; text: string };

/** Reads free text, pasted in any spelling, as one question; null when there is nothing in it. */
export const readSearch = (q: string): SearchQuery | null => {
  const given = q.replaceAll("\0", "").trim();
  const id = readId(given);
  if (id !== null) return { kind: "id", id };
  const text = clean(given);
  if (text === "") return null;
  const read = normalise(text);
  if (read.ok) return ofValue(read.value.type, read.value.value);
  // `co.uk` is nobody's domain, but what is below it can be asked for.
  const host = read.problem.code === "is_public_suffix" ? toAsciiHost(text.replace(WILDCARD, "")) : null;
  if (host !== null) return { kind: "domain", host };
  const thumbprint = normalise(text, { type: "cert-sha1" });
  return thumbprint.ok ? ofValue(thumbprint.value.type, thumbprint.value.value) : { kind: "text", text };
};

/** A UUID, a STIX id, or a Sentinel name (`…---indicator--…`), as it is stored; UUIDs in lower case. */
const readId = (text: string): string | null => {
  if (UUID.test(text)) return text.toLowerCase();
  const stix = STIX_ID.exec(text);
  return stix === null ? null : `${stix[1] ?? ""}${(stix[2] ?? "").toLowerCase()}`;
};

/** Whether a text may be the number that Defender gave a record, beside how a value begins. */
export const isRecordNumber = (text: string): boolean => RECORD_NUMBER.test(text);

/** The UUID of an id, whatever stands before it. */
const uuidOf = (id: string): string => id.slice(-UUID_CHARS);

/** The types among which a question can have answers at all. */
export const typesOf = (query: SearchQuery): readonly IndicatorType[] | null => {
  switch (query.kind) {
    case "network":
      return query.cidr.includes(":") ? IPV6 : IPV4;
    case "domain":
      return NAMED;
    case "value":
    case "id":
    case "text":
      return null;
  }
};

/** The ids of records that answer a question whatever else does: the value itself, and every network around it. */
export const idsOf = (query: SearchQuery): readonly string[] => {
  if (query.kind === "network") return idsAround(query.cidr);
  if (query.kind === "id") return [uuidOf(query.id)];
  if (query.kind !== "value") return [];
  const { type, value } = query;
  const id = indicatorId(type, value);
  if (type === "ipv4" || type === "ipv6") return [id, ...idsAround(value)];
  // The digits do not say whether they are a file's or a certificate's.
  if (type === "sha1") return [id, indicatorId("cert-sha1", value)];
  if (type === "cert-sha1") return [id, indicatorId("sha1", value)];
  if (type === "url") return [id, ...otherSchemeOf(value).map((url) => indicatorId(type, url))];
  return [id];
};

/** The same address by the other of the two schemes: which one a list wrote says little of what is asked for. */
export const otherSchemeOf = (url: string): string[] => {
  const other = url.startsWith("https://")
    ? url.replace("https://", "http://")
    : url.replace("http://", "https://");
  return other === url ? [] : [other];
};

/** The networks that hold an address or a network, widest first, without itself. */
export const networksAround = (cidr: string): readonly string[] => {
  const [address = "", prefix] = cidr.split("/");
  const longest = prefix === undefined ? (cidr.includes(":") ? 128 : 32) : Number(prefix);
  return Array.from({ length: longest }, (_, bits) => {
    const network = normalise(`${address}/${String(bits)}`);
    if (!network.ok) throw new RangeError(`${cidr} is no address or network.`);
    return network.value.value;
  });
};

const ofValue = (type: IndicatorType, value: string): SearchQuery => {
  if (type === "ipv4-cidr" || type === "ipv6-cidr") return { kind: "network", cidr: value };
  return type === "domain" ? { kind: "domain", host: value } : { kind: "value", type, value };
};

const idsAround = (cidr: string): string[] => {
  const type = cidr.includes(":") ? "ipv6-cidr" : "ipv4-cidr";
  return networksAround(cidr).map((network) => indicatorId(type, network));
};

const UUID_CHARS = 36;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
// What stands before the three hyphens is Base64, whose case counts.
const STIX_ID = /^((?:[\w+/=-]{1,400}---)?[a-z][a-z-]{1,40}--)([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;
const RECORD_NUMBER = /^\d{1,20}$/;
const WILDCARD = /^\*?\./;
const IPV4: readonly IndicatorType[] = ["ipv4", "ipv4-cidr"];
const IPV6: readonly IndicatorType[] = ["ipv6", "ipv6-cidr"];
const NAMED: readonly IndicatorType[] = ["domain", "url", "email"];
