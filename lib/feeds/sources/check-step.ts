import { AppError } from "@/lib/domain/errors";
import { isRobotCheck } from "@/lib/domain/feed/robot-check";
import type { SourceCheck } from "@/lib/feeds/source";

type Step<Value> = { check: SourceCheck; value: Value | null };

/**
 * One step of a connection test: what it found, or why it failed and what to do. `fix` is said of what will not pass by
 * itself and does not say already what to do.
 */
export const checkStep = async <Value>(
  name: string,
  fix: string,
  run: () => Promise<{ value: Value; detail: string }>,
): Promise<Step<Value>> => {
  try {
    const { value, detail } = await run();
    return { check: { name, ok: true, detail, fix: null }, value };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const saysItself = error.retry === "later" || error.code === "blocked_address" || isRobotCheck(error);
    return { check: { name, ok: false, detail: error.message, fix: saysItself ? null : fix }, value: null };
  }
};
