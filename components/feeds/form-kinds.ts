import type { FeedKind } from "@/lib/domain/feed/kinds";

/** Kinds of feeds that a person adds, in the order in which they are offered. */
export const FORM_KINDS = [
  { value: "csv", label: "CSV list", hint: "Rows with columns, or one value a line." },
  { value: "freetext", label: "Text list", hint: "Any text: every indicator in it is found." },
  { value: "json", label: "JSON", hint: "A vendor's API: a path to the list and to each field." },
  {
    value: "misp-feed",
    label: "MISP feed",
    hint: "A folder with manifest.json and one file for each event.",
  },
  { value: "misp-server", label: "MISP server", hint: "Attributes of a MISP, by its address and a key." },
  { value: "taxii", label: "TAXII 2.1", hint: "STIX indicators of a threat intelligence platform." },
  { value: "upload", label: "File upload", hint: "A file of yours, once; no address and no schedule." },
] as const satisfies readonly { value: FeedKind; label: string; hint: string }[];

export type FormKind = (typeof FORM_KINDS)[number]["value"];

/** The form's kind of this name; CSV for any other. */
export const toFormKind = (kind: string | undefined): FormKind =>
  FORM_KINDS.find(({ value }) => value === kind)?.value ?? "csv";

/** What the address of such a feed is, and one to begin with. */
export const ADDRESS_WORDS: Readonly<Record<FormKind, { hint: string; placeholder: string }>> = {
  csv: {
    hint: "Of the list itself. A .gz or .zip is unpacked.",
    placeholder: "https://example.com/list.csv",
  },
  freetext: {
    hint: "Of the list itself. A .gz or .zip is unpacked.",
    placeholder: "https://example.com/list.txt",
  },
  json: { hint: "Of the answer itself.", placeholder: "https://api.example.com/v1/indicators" },
  "misp-feed": {
    hint: "Of the folder that holds manifest.json, or of manifest.json.",
    placeholder: "https://www.circl.lu/doc/misp/feed-osint",
  },
  "misp-server": { hint: "Of the MISP, as people open it.", placeholder: "https://misp.example.com" },
  taxii: {
    hint: "Of the server's discovery, an API root or a collection.",
    placeholder: "https://taxii.example.com/taxii2/",
  },
  upload: { hint: "", placeholder: "" },
};

/** What leads to a first preview of such a feed; a file that it has already can be looked at as well. */
export const describeFirstStep = (kind: FormKind, hasFile: boolean): string => {
  if (kind !== "upload") return "Give the address and press Preview";
  return hasFile ? "Choose another file, or press Preview" : "Choose a file";
};

/** Whether rows and cells of such a feed are mapped, and how: an upload is what its format says. */
export const mappingOf = (kind: FormKind, format: "csv" | "freetext" | "json") =>
  kind === "upload" ? format : kind;
