import "server-only";

import type { PoolClient } from "pg";

import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import type { Screener } from "@/lib/services/allowlists/open-screener";

const PAGE = 20_000;

/** Marks what is staged and what the team's lists keep in: another team's lists say nothing about what this one may block. */
export const screenStage = async (client: PoolClient, { stop }: Pick<Screener, "stop">): Promise<void> => {
  const kept = new Map<string, string[]>();
  await client.query("DECLARE staged NO SCROLL CURSOR FOR SELECT key, type, value FROM stage");
  for (;;) {
    const { rows } = await client.query<{ key: string; type: number; value: string }>(
      `FETCH ${String(PAGE)} FROM staged`,
    );
    if (rows.length === 0) break;
    for (const { key, type, value } of rows) {
      const list = stop(indicatorTypeFromCode(type), value);
      if (list === null) continue;
      const keys = kept.get(list);
      if (keys) keys.push(key);
      else kept.set(list, [key]);
    }
  }
  await client.query("CLOSE staged");
  for (const [list, keys] of kept)
    await client.query("UPDATE stage SET screened_by = $1 WHERE key = ANY ($2::uuid[])", [list, keys]);
};
