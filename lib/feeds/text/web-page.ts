import { AppError } from "@/lib/domain/errors";

/** Whether a text begins as a web page does: a log-in wall or an error, never a list. */
export const isWebPage = (text: string): boolean => WEB_PAGE.test(text.slice(0, 2_000));

/** Passes a text on, unless it turns out to be a web page: then an AppError ends it before the first row. */
export async function* refuseWebPage(text: AsyncIterable<string>): AsyncGenerator<string> {
  let isChecked = false;
  for await (const piece of text) {
    if (!isChecked && piece.trim() !== "") {
      isChecked = true;
      if (isWebPage(piece))
        throw new AppError("upstream_rejected", "The address answered with a web page instead of a list.");
    }
    yield piece;
  }
}

const WEB_PAGE = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i;
