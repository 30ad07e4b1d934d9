import type { HeaderMap } from "@/lib/http/outgoing-headers";
import { logger } from "@/lib/observability/logger";

/** What time it is for Entra ID, as its answers tell; a signed statement holds for ten minutes of that. */
export type ServerClock = {
  /** Told the headers of each answer, right after it came. */
  note: (headers: HeaderMap) => void;
  now: () => Date;
  /** By how much this machine's clock is behind (above 0) or ahead, in ms; 0 where that is little, or not known. */
  offMs: () => number;
};

export const createServerClock = (now: () => Date): ServerClock => {
  let offMs = 0;
  return {
    note: ({ date }) => {
      const at = Date.parse(date ?? "");
      if (Number.isNaN(at)) return;
      const difference = at - now().getTime();
      const isOff = Math.abs(difference) >= NOTABLE_MS;
      if (isOff && offMs === 0) logger.warn({ offMs: difference }, "This machine's clock is not Entra ID's");
      offMs = isOff ? difference : 0;
    },
    now: () => new Date(now().getTime() + offMs),
    offMs: () => offMs,
  };
};

/** The header names whole seconds, and an answer takes some. Entra ID itself allows for minutes. */
const NOTABLE_MS = 60_000;
