import { createHash } from "node:crypto";

type MispTag = { name: string; colour: string; exportable: boolean };
export type MispAttribute = {
  uuid: string;
  type: string;
  category: string;
  value: string;
  to_ids: boolean;
  comment: string;
  deleted: boolean;
  timestamp: string;
  disable_correlation: boolean;
  first_seen?: string;
  object_relation?: string;
  Tag?: MispTag[];
};
type MispObject = {
  name: string;
  "meta-category": string;
  description: string;
  template_uuid: string;
  template_version: string;
  uuid: string;
  timestamp: string;
  comment: string;
  deleted: boolean;
  Attribute: MispAttribute[];
};
export type MispEvent = {
  uuid: string;
  info: string;
  date: string;
  analysis: string;
  threat_level_id: string;
  published: boolean;
  timestamp: string;
  publish_timestamp: string;
  Orgc: { name: string; uuid: string };
  Tag: MispTag[];
  Attribute: MispAttribute[];
  Object: MispObject[];
};

const ORG = { name: "Sluice Demo CERT", uuid: "5ca1ab1e-0000-4000-8000-000000000001" };
const tag = (name: string, colour: string): MispTag => ({ name, colour, exportable: true });

/** The same UUID for the same name, so that a second pull finds nothing new. */
const uuidOf = (name: string): string => {
  const hex = createHash("sha1").update(`sluice-misp:${name}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-b${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
const sha256 = (name: string): string => createHash("sha256").update(name).digest("hex");

/** An event with its attributes, all from one moment; the same key gives the same UUIDs. */
export const makeEvent = (
  key: string,
  at: string,
  parts: Pick<MispEvent, "info" | "analysis" | "threat_level_id" | "Tag"> & {
    attributes: (Partial<MispAttribute> & Pick<MispAttribute, "type" | "category" | "value">)[];
    files?: { name: string; sha256: string; sha1: string }[];
  },
): MispEvent => {
  const timestamp = String(Date.parse(at) / 1000);
  const attribute = (one: (typeof parts.attributes)[number]): MispAttribute => ({
    uuid: uuidOf(`${key} ${one.type} ${one.value}`),
    to_ids: true,
    comment: "",
    deleted: false,
    timestamp,
    disable_correlation: false,
    ...one,
  });
  return {
    uuid: uuidOf(key),
    info: parts.info,
    date: at.slice(0, 10),
    analysis: parts.analysis,
    threat_level_id: parts.threat_level_id,
    published: true,
    timestamp,
    publish_timestamp: String(Date.parse(at) / 1000 + 600),
    Orgc: ORG,
    Tag: parts.Tag,
    Attribute: parts.attributes.map(attribute),
    Object: (parts.files ?? []).map((file) => ({
      name: "file",
      "meta-category": "file",
      description: "File object describing a file with meta-information",
      template_uuid: "688c46fb-5edb-40a3-8273-1af7923e2215",
      template_version: "25",
      uuid: uuidOf(`${key} object ${file.name}`),
      timestamp,
      comment: "",
      deleted: false,
      Attribute: [
        attribute({
          type: "filename",
          category: "Payload delivery",
          value: file.name,
          to_ids: false,
          object_relation: "filename",
        }),
        attribute({ type: "sha1", category: "Payload delivery", value: file.sha1, object_relation: "sha1" }),
        attribute({
          type: "sha256",
          category: "Payload delivery",
          value: file.sha256,
          object_relation: "sha256",
        }),
      ],
    })),
  };
};

export const NETWORK = "Network activity";
const DELIVERY = "Payload delivery";

/** Three made-up events, in their first version: plain attributes, composites and objects, a revoked one, one not meant for detection. */
export const MISP_EVENTS: MispEvent[] = [
  makeEvent("loader", "2026-10-05T08:00:00Z", {
    info: "Demo: loader campaign with changing delivery hosts",
    analysis: "2",
    threat_level_id: "2",
    Tag: [tag("tlp:green", "#339900"), tag('misp:confidence-level="usually-confident"', "#ffd000")],
    attributes: [
      { type: "domain", category: NETWORK, value: "loader.example-sluice-demo.com", comment: "first stage" },
      { type: "hostname", category: NETWORK, value: "stage2.loader.example-sluice-demo.com" },
      {
        type: "ip-dst",
        category: NETWORK,
        value: "45.155.249.31",
        first_seen: "2026-10-01T00:00:00.000000+00:00",
      },
      { type: "ip-dst|port", category: NETWORK, value: "45.155.249.32|8443" },
      { type: "url", category: NETWORK, value: "http://loader.example-sluice-demo.com/get.php?u=1" },
      { type: "sha256", category: DELIVERY, value: sha256("sluice-misp-1") },
      { type: "filename|sha256", category: DELIVERY, value: `invoice.js|${sha256("sluice-misp-2")}` },
      {
        type: "sha256",
        category: DELIVERY,
        value: sha256("sluice-misp-3"),
        deleted: true,
        comment: "benign",
      },
      { type: "link", category: "External analysis", value: "https://example.com/report", to_ids: false },
    ],
    files: [
      {
        name: "loader.dll",
        sha256: sha256("sluice-misp-4"),
        sha1: createHash("sha1").update("sluice-misp-4").digest("hex"),
      },
    ],
  }),
  makeEvent("phish", "2026-10-20T10:30:00Z", {
    info: "Demo: credential phishing against mail portals",
    analysis: "1",
    threat_level_id: "3",
    Tag: [tag("tlp:amber", "#ffc000"), tag('osint:source-type="technical-report"', "#004646")],
    attributes: [
      { type: "url", category: NETWORK, value: "https://mail-login.example-sluice-demo.net/owa" },
      { type: "domain", category: NETWORK, value: "mail-login.example-sluice-demo.net" },
      { type: "email-src", category: DELIVERY, value: "helpdesk@mail-login.example-sluice-demo.net" },
      { type: "email-subject", category: DELIVERY, value: "Your mailbox is full", to_ids: false },
      { type: "domain|ip", category: NETWORK, value: "mx.mail-login.example-sluice-demo.net|45.155.249.40" },
      { type: "ip-src", category: NETWORK, value: "45.155.249.41", Tag: [tag("tlp:red", "#cc0033")] },
    ],
  }),
  makeEvent("ransom", "2026-11-02T15:45:00Z", {
    info: "Demo: ransomware affiliate tooling",
    analysis: "2",
    threat_level_id: "1",
    Tag: [tag("tlp:clear", "#ffffff"), tag('misp:confidence-level="completely-confident"', "#00ff00")],
    attributes: [
      ...[5, 6, 7, 8, 9].map((number) => ({
        type: "sha256",
        category: DELIVERY,
        value: sha256(`sluice-misp-${String(number)}`),
      })),
      { type: "md5", category: DELIVERY, value: createHash("md5").update("sluice-misp-10").digest("hex") },
      { type: "sha1", category: DELIVERY, value: createHash("sha1").update("sluice-misp-11").digest("hex") },
      { type: "hostname|port", category: NETWORK, value: "exfil.example-sluice-demo.org|443" },
      { type: "yara", category: DELIVERY, value: "rule demo { condition: false }" },
    ],
  }),
];

/** Attributes of an event, those of its objects included. */
export const allAttributes = (event: MispEvent): MispAttribute[] => [
  ...event.Attribute,
  ...event.Object.flatMap((object) => object.Attribute),
];
