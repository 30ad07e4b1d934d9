import { AppError } from "@/lib/domain/errors";
import { findRobotCheck, robotCheckFailure } from "@/lib/domain/feed/robot-check";
import type { SourceAnswer } from "@/lib/feeds/source";
import { decodeText } from "@/lib/feeds/text/decode";
import { isWebPage } from "@/lib/feeds/text/web-page";

/** An answer's text while it arrives; one that takes longer than `maxMs` is dropped with an AppError. */
export async function* readText(
  answer: SourceAnswer,
  { maxMs, signal }: { maxMs: number; signal: AbortSignal },
): AsyncGenerator<string, void, undefined> {
  const until = performance.now() + maxMs;
  for await (const piece of decodeText(answer.body, "utf-8", signal)) {
    if (performance.now() > until)
      throw new AppError(
        "upstream_unavailable",
        `${hostOf(answer)} took longer than ${String(Math.round(maxMs / 1000))} seconds for one answer.`,
        { retry: "later" },
      );
    yield piece;
  }
}

/** The whole answer as JSON. Throws an AppError that says what came instead. */
export const readJson = async (
  answer: SourceAnswer,
  options: { maxMs: number; signal: AbortSignal },
): Promise<unknown> => {
  const pieces: string[] = [];
  for await (const piece of readText(answer, options)) pieces.push(piece);
  const text = pieces.join("");
  try {
    return JSON.parse(text);
  } catch (cause) {
    const noWholeJson = new AppError(
      "upstream_rejected",
      `${hostOf(answer)} answered with something that is no whole JSON document. Nothing was changed. Wait for the next run; if it stays so, ask whoever runs the server.`,
      { cause, context: { status: answer.status } },
    );
    throw explainNoData(answer, text, cause) ?? noWholeJson;
  }
};

/** What came where JSON was expected, by its beginning: nothing, a robot check or another web page; null for anything else. */
export const explainNoData = (answer: SourceAnswer, start: string, cause: unknown): AppError | null => {
  const context = { status: answer.status };
  const host = hostOf(answer);
  if (start.trim() === "")
    return new AppError(
      "upstream_rejected",
      `${host} answered with nothing where JSON was expected. Nothing was changed. Wait for the next run; if it stays so, look at the address.`,
      { cause, context },
    );
  if (!isWebPage(start)) return null;
  const check = findRobotCheck({ text: start });
  if (check !== null) return robotCheckFailure(host, check);
  return new AppError(
    "upstream_rejected",
    `${host} answered with a web page instead of data, often a sign-in page or a moved address. Nothing was changed. Look at the address and the sign-in.`,
    { cause, context },
  );
};

const hostOf = ({ finalUrl }: SourceAnswer): string => new URL(finalUrl).host;
