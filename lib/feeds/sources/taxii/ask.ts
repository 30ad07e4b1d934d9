import { AppError } from "@/lib/domain/errors";
import { isRobotCheck } from "@/lib/domain/feed/robot-check";
import type { OpenAddress, SourceAnswer } from "@/lib/feeds/source";

import { readJson } from "../read-answer";

export type Ask = (url: URL) => Promise<{ value: unknown; headers: SourceAnswer["headers"] }>;

/** Asks a TAXII 2.1 server for one document. An answer that breaks off is asked for again. */
export const createAsk =
  ({ open, signal }: { open: OpenAddress; signal: AbortSignal }): Ask =>
  async (url) => {
    for (let attempt = 0; ; attempt++) {
      const answer = await openTaxii(open, url);
      try {
        return { value: await readJson(answer, { maxMs: MAX_ANSWER_MS, signal }), headers: answer.headers };
      } catch (error) {
        const mayPass = error instanceof AppError && error.retry === "later" && !signal.aborted;
        if (!mayPass || attempt >= RETRIES) throw error;
      }
    }
  };

const openTaxii = async (open: OpenAddress, url: URL): Promise<SourceAnswer> => {
  try {
    return await open(url.href, { accept: MEDIA_TYPE, maxBytes: MAX_ANSWER_BYTES });
  } catch (error) {
    // 406 and 415 are a server's way to say that it speaks another version.
    if (!(error instanceof AppError) || isRobotCheck(error)) throw error;
    if (!WRONG_VERSION.has(error.context["status"])) throw error;
    throw new AppError(
      "upstream_rejected",
      `${url.host} does not speak TAXII 2.1 at this address. Servers of TAXII 1 and 2.0 cannot be read; ask for the address of its 2.1 service.`,
      { cause: error, context: error.context },
    );
  }
};

const MEDIA_TYPE = "application/taxii+json;version=2.1";
const WRONG_VERSION: ReadonlySet<unknown> = new Set([406, 415]);
const RETRIES = 2;
const MAX_ANSWER_MS = 5 * 60_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
