/** One piece of a report that is read by itself; lines are counted within it. */
export type ReportPart = {
  /** What the piece is, such as `Header` of an e-mail; null for a text that is no e-mail. */
  name: string | null;
  text: string;
};

/** What an e-mail says of whoever got it. */
export type MailFacts = {
  /** Addresses that it was sent to. */
  recipients: readonly string[];
  /** Servers that took it in, as its `Received` lines name them. */
  receivedBy: readonly string[];
};

/** A file that an e-mail carries. `isPicture`: shown within the text, such as the logo of a signature. */
type AttachedFile = { name: string; sha256: string; isPicture: boolean };

/** A pasted text, a PDF's text or an e-mail, taken apart. */
export type Report = {
  parts: readonly ReportPart[];
  /** Null: it is no e-mail. */
  mail: MailFacts | null;
  files: readonly AttachedFile[];
  /** What was left out, in sentences. */
  notes: readonly string[];
};
