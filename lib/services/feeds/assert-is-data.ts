import { AppError } from "@/lib/domain/errors";
import { findRobotCheck, robotCheckFailure } from "@/lib/domain/feed/robot-check";
import { decodeSample } from "@/lib/feeds/text/decode";
import { isWebPage } from "@/lib/feeds/text/web-page";
import { formatBytes } from "@/lib/http/limited-body";

/** Refuses an answer that is no feed at all: nothing, or a web page where data was expected. */
export const assertIsData = (
  { bytes, head }: { bytes: number; head: Uint8Array },
  contentType: string | null,
): void => {
  if (bytes === 0) {
    throw new AppError("upstream_rejected", "The feed answered with no data (0 bytes). Nothing was changed.");
  }
  const text = decodeSample(head, "auto");
  if (!isWebPage(text)) return;
  const check = findRobotCheck({ text });
  if (check !== null) throw robotCheckFailure("The feed's server", check);
  throw new AppError(
    "upstream_rejected",
    `The feed answered with a web page, not data (${contentType ?? "no content type"}, ${formatBytes(bytes)}). ` +
      "Often a login page or a moved address. Nothing was changed.",
  );
};
