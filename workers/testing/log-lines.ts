import { pino } from "pino";
import { vi } from "vitest";

import { logger } from "@/lib/observability/logger";

type Stream = { write: (line: string) => boolean };

const isStream = (value: unknown): value is Stream =>
  typeof value === "object" && value !== null && "write" in value && typeof value.write === "function";

/** All that this process logs from now on, at every level, as it would be written. */
export const captureLog = (): readonly string[] => {
  const stream: unknown = Reflect.get(logger, pino.symbols.streamSym);
  if (!isStream(stream)) throw new Error("The logger writes to no stream that can be listened to.");
  const lines: string[] = [];
  vi.spyOn(stream, "write").mockImplementation((line) => {
    lines.push(line);
    return true;
  });
  logger.level = "trace";
  return lines;
};
