import PostalMime, { type Address, type Attachment, type Email } from "postal-mime";

import { refuseLength } from "@/lib/domain/report/limits";
import type { MailFacts, ReportPart } from "@/lib/domain/report/report";

import { htmlToText } from "./html-text";

/** A file of an e-mail, before anybody hashed it. */
type MailFile = { name: string; bytes: Uint8Array; isPicture: boolean };
export type ReadMail = { parts: ReportPart[]; mail: MailFacts; files: MailFile[]; notes: string[] };

/** Whether a text is an e-mail as it travels: a head of fields, one of them only ever written by a mail program. */
export const isMail = (text: string): boolean => {
  const head = text.slice(0, MAX_HEAD_CHARS).trimStart();
  const end = head.search(/\r?\n\r?\n/);
  const fields = (end === -1 ? head : head.slice(0, end)).split(/\r?\n(?![ \t])/);
  const names = fields.map((field) => FIELD.exec(field)?.[1]?.toLowerCase() ?? "");
  const isHead = names.length >= MIN_FIELDS && names.filter((name) => name === "").length <= 1;
  return isHead && names.some((name) => TECHNICAL.has(name));
};

/**
 * Takes an e-mail apart: the head's fields that say where it came from, the text, the text of its HTML with its links, and the
 * files; e-mails attached to it in the same way. Throws `invalid_input` on more HTML than
 * is read at once, and what the reader throws on a message that is nested without end.
 */
export const readMail = async (bytes: Uint8Array | string, depth = 0): Promise<ReadMail> => {
  const email = await PostalMime.parse(bytes, {
    forceRfc822Attachments: true,
    attachmentEncoding: "arraybuffer",
  });
  const label = depth === 0 ? "" : "Attached e-mail: ";
  const { text: head, skipped } = headOf(email);
  const html = email.html ?? "";
  refuseLength(html.length);
  const seen = htmlToText(html);
  const parts: ReportPart[] = [
    { name: `${label}Header`, text: head },
    { name: `${label}Text`, text: email.text ?? "" },
    { name: `${label}HTML`, text: seen.text },
  ].filter(({ text }) => text.trim() !== "");
  const read: ReadMail = {
    parts,
    mail: { recipients: recipientsOf(email), receivedBy: receivedBy(email) },
    files: [],
    notes: notesOf({ skipped, unclosed: seen.unclosed }).map((note) => `${label}${note}`),
  };
  for (const attachment of email.attachments) {
    if (attachment.mimeType === "message/rfc822" && depth < MAX_DEPTH)
      include(read, await readMail(bytesOf(attachment), depth + 1));
    else read.files.push(toFile(attachment));
  }
  return read;
};

const notesOf = ({
  skipped,
  unclosed,
}: {
  skipped: readonly string[];
  unclosed: string | null;
}): string[] => [
  ...(skipped.length === 0 ? [] : [`Not read, since they are technical: ${skipped.join(", ")}.`]),
  ...(unclosed === null
    ? []
    : [
        `In the HTML, ${unclosed} is never closed: what stands behind it is shown to nobody and was not read. Look at the source if links are missing.`,
      ]),
];

const include = (outer: ReadMail, { parts, mail, files, notes }: ReadMail): void => {
  outer.parts.push(...parts);
  outer.files.push(...files);
  outer.notes.push(...notes);
  outer.mail = {
    recipients: [...outer.mail.recipients, ...mail.recipients],
    receivedBy: [...outer.mail.receivedBy, ...mail.receivedBy],
  };
};

const toFile = (attachment: Attachment): MailFile => {
  const { filename, mimeType, related } = attachment;
  const isPicture = related === true && mimeType.startsWith("image/");
  return { name: filename ?? "A file without a name", bytes: bytesOf(attachment), isPicture };
};

const bytesOf = ({ content }: Attachment): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);

/** The fields that tell where an e-mail came from, one a line, and the names of the others. */
const headOf = ({ headers, subject }: Email): { text: string; skipped: readonly string[] } => {
  const lines: string[] = [];
  const skipped = new Set<string>();
  for (const { key, originalKey, value } of headers) {
    // The subject stands decoded beside the head.
    if (key === "subject") lines.push(`Subject: ${subject ?? value}`);
    else if (ORIGIN.has(key)) lines.push(`${originalKey}: ${value}`);
    else if (!SILENT.has(key)) skipped.add(originalKey);
  }
  return { text: lines.join("\n"), skipped: [...skipped] };
};

const recipientsOf = ({ to, cc, bcc, deliveredTo, headers }: Email): readonly string[] => [
  ...[...(to ?? []), ...(cc ?? []), ...(bcc ?? [])].flatMap(addressesOf),
  ...(deliveredTo ?? "").split(/[\s<>,]+/).filter((word) => word.includes("@")),
  ...headers.flatMap(({ key, value }) => {
    const found =
      key === "received" ? RECEIVED_FOR.exec(value)?.[1] : OTHER_RECIPIENT.has(key) ? value.trim() : null;
    return found?.includes("@") === true ? [found] : [];
  }),
];

const addressesOf = (address: Address): readonly string[] =>
  address.group === undefined ? [address.address] : address.group.map((one) => one.address);

const receivedBy = ({ headers }: Email): readonly string[] =>
  headers.flatMap(({ key, value }) =>
    key === "received"
      ? [...value.matchAll(RECEIVED_BY)].flatMap(([, ...hosts]) => hosts.filter(Boolean))
      : [],
  );

const MAX_HEAD_CHARS = 100_000;
const MAX_DEPTH = 3;
const MIN_FIELDS = 3;
const FIELD = /^([^\s:]{1,70}):[ \t]?/;
const TECHNICAL: ReadonlySet<string> = new Set([
  ...["received", "return-path", "delivered-to", "message-id", "mime-version", "content-type"],
  ...["content-transfer-encoding", "authentication-results", "x-originating-ip", "dkim-signature"],
]);
const ORIGIN: ReadonlySet<string> = new Set([
  ...["received", "from", "sender", "reply-to", "return-path", "to", "cc", "bcc", "delivered-to"],
  ...[
    "x-originating-ip",
    "x-sender-ip",
    "x-source-ip",
    "x-originating-email",
    "list-unsubscribe",
    "x-original-to",
  ],
]);
/** What holds no value and is missed by nobody. */
const SILENT: ReadonlySet<string> = new Set([
  ...["date", "mime-version", "content-type", "content-transfer-encoding", "message-id", "in-reply-to"],
  ...["references", "content-language", "thread-topic", "thread-index", "importance", "x-priority"],
]);
const OTHER_RECIPIENT: ReadonlySet<string> = new Set(["x-original-to", "envelope-to", "x-envelope-to"]);
const RECEIVED_FOR = /\bfor\s+<?([^\s<>;]{3,320})>?/i;
const RECEIVED_BY = /\bby\s+([^\s;()]{1,253})(?:\s+\([^()\s]{0,253}\s?\[?([\da-f.:]{3,45})\]?\))?/gi;
