import type { Report } from "@/lib/domain/report/report";
import { decodeSample } from "@/lib/feeds/text/decode";

import { isMail, readMail, type ReadMail } from "./read-mail";

/** A report that was taken apart, its files not yet hashed. */
export type ReadReport = Omit<Report, "files"> & Pick<ReadMail, "files">;

/** Takes a report apart: a text or the text of a PDF is one piece, an e-mail has its head, its texts and its files. */
export const readReport = async (source: string | Uint8Array): Promise<ReadReport> => {
  const text = typeof source === "string" ? source : decodeSample(source, "auto");
  if (!isMail(text)) return { parts: [{ name: null, text }], mail: null, files: [], notes: [] };
  // Bytes as they came: each part of an e-mail has its own encoding.
  return readMail(typeof source === "string" ? source.trimStart() : source);
};
