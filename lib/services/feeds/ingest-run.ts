import "server-only";

import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { takeShared } from "@/lib/services/subscriptions/take-shared";

import { applyBody, type ApplyOutcome } from "./apply-body";
import { failRun } from "./finish-run";
import { finishUnchanged } from "./finish-unchanged";
import { obtainBody } from "./obtain-body";
import { claimRun, holdRun, type ClaimedRun } from "./run-lease";

type Options = { workerId: string; signal: AbortSignal };
export type IngestOutcome = "nothing-to-do" | ApplyOutcome | "unchanged" | "failed";

/**
 * Carries out one run: fetch, parse, normalise, screen, merge; its rows become live in one transaction or not at all.
 * A source that fails ends the run as `failed` with the sentence a person needs and removes nothing. Throws only when
 * our own side fails (database, lost lease) or stops: the run's lease then runs out and another worker takes it over.
 */
export const ingestRun = async (runId: string, { workerId, signal }: Options): Promise<IngestOutcome> => {
  const run = await claimRun(runId, workerId);
  if (!run) return "nothing-to-do";
  const hold = holdRun(run, workerId, signal);
  try {
    return await carryOut(run, { workerId, signal: hold.signal });
  } catch (error) {
    // What breaks off because this worker stops or lost the run says nothing about the source; a run past its time has
    // failed, whatever its end looked like from inside.
    const failure: unknown = hold.signal.aborted ? hold.signal.reason : error;
    if (!(failure instanceof AppError)) throw error;
    await failRun(run, workerId, failure);
    return "failed";
  } finally {
    hold.stop();
    await relayOutbox();
  }
};

const carryOut = async (run: ClaimedRun, options: Options): Promise<IngestOutcome> => {
  const settings = feedSettingsSchema.parse(run.feed.settings);
  if (run.feed.kind === "subscription") return takeShared(run, { workerId: options.workerId, settings });
  const obtained = await obtainBody(run, settings, options.signal);
  switch (obtained.status) {
    case "unchanged":
      return finishUnchanged(run, { ...obtained, workerId: options.workerId, settings });
    case "kept":
      return applyBody(run, {
        ...options,
        settings,
        read: obtained.read,
        fetched: null,
        isRolledBack: false,
      });
    case "fetched": {
      const { fetched, isRolledBack } = obtained;
      return applyBody(run, { ...options, settings, read: fetched.body.read, fetched, isRolledBack });
    }
  }
};
