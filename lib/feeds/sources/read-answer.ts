import { AppError } from "@/lib/domain/errors";
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
    throw notJson(answer, text, cause);
  }
};

const notJson = (answer: SourceAnswer, text: string, cause: unknown): AppError => {
  const { status } = answer;
  const context = { status };
  const host = hostOf(answer);
  if (text.trim() === "")
    return new AppError("upstream_rejected", `${host} answered with nothing where JSON was expected.`, {
      cause,
      context,
    });
  if (isWebPage(text))
    return new AppError(
      "upstream_rejected",
      `${host} answered with a web page instead of data, often a sign-in page or a moved address. Nothing was changed.`,
      { cause, context },
    );
  return new AppError(
    "upstream_rejected",
    `${host} answered with something that is no whole JSON document.`,
    {
      cause,
      context,
    },
  );
};

const hostOf = ({ finalUrl }: SourceAnswer): string => new URL(finalUrl).host;
