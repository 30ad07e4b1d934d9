import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import type { OpenAddress, SourceAnswer } from "@/lib/feeds/source";

import { readJson } from "../read-answer";
import { pageOf, type Query } from "./query";
import { readRefusal, REFUSALS } from "./refusal";

export type SearchPage = {
  attributes: readonly unknown[];
  /** Rows of the page that the server itself left out, by warninglists or decay: without them it looks like the last one. */
  skipped: number;
  /** When the key runs out; null when it does not, or the server does not say. */
  keyExpiresAt: string | null;
};
/** `tooMuch`: the server may manage a smaller page. */
type SearchOutcome = { ok: true; page: SearchPage } | { ok: false; tooMuch: AppError };
export type Search = (query: Query, page: { page: number; limit: number }) => Promise<SearchOutcome>;

/**
 * Asks a MISP server for pages of attributes. Throws an AppError for what a smaller page would not help: a refusal, a web
 * page, an answer that is not MISP's.
 */
export const createSearch = (
  base: string,
  { open, signal }: { open: OpenAddress; signal: AbortSignal },
): Search => {
  const url = `${base}/attributes/restSearch`;
  return async (query, at) => {
    try {
      const answer = await open(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        accept: "application/json",
        body: pageOf(query, at),
        maxBytes: MAX_PAGE_BYTES,
        alsoStatuses: REFUSALS,
        retries: 1,
        headersMs: PATIENCE_MS,
      });
      if (REFUSALS.includes(answer.status)) throw await readRefusal(answer, signal);
      return { ok: true, page: await readPage(answer, signal) };
    } catch (error) {
      if (error instanceof AppError && !signal.aborted && isTooMuch(error))
        return { ok: false, tooMuch: error };
      throw error;
    }
  };
};

/** A server without memory or time for a page answers 5xx, nothing in time, or breaks off in the middle of its JSON. */
const isTooMuch = (error: AppError): boolean => {
  const { retry, context, message } = error;
  if (context["wasReached"] === false) return false;
  return (retry === "later" && context["status"] !== 429) || TOO_MUCH.test(message);
};
const TOO_MUCH = /sent more than|no whole JSON|answered with nothing/;

const readPage = async (answer: SourceAnswer, signal: AbortSignal): Promise<SearchPage> => {
  const value = await readJson(answer, { maxMs: PATIENCE_MS, signal });
  const { success, data } = answerSchema.safeParse(value);
  if (!success)
    throw new AppError(
      "upstream_rejected",
      `${new URL(answer.finalUrl).host} answers a search in a way that is not MISP's. Nothing was changed.`,
      { context: { status: answer.status } },
    );
  const { response } = data;
  const skipped = Number(answer.headers["x-skipped-elements-count"] ?? "0");
  return {
    attributes: Array.isArray(response) ? [] : response.Attribute,
    skipped: Number.isInteger(skipped) && skipped > 0 ? skipped : 0,
    keyExpiresAt: answer.headers["x-auth-key-expiration"] ?? null,
  };
};

// PHP writes an answer with nothing in it as an empty list.
const answerSchema = z.object({
  response: z.union([z.object({ Attribute: z.array(z.unknown()) }), z.array(z.unknown()).length(0)]),
});
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
const PATIENCE_MS = 2 * 60_000;
