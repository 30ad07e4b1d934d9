import "server-only";

import { bulkAsSystem } from "@/lib/db/scope";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { findNear } from "@/lib/domain/screening/nearness";
import { isGateCode } from "@/lib/domain/selection/codes";
import { isBlocking } from "@/lib/domain/selection/gate";
import { openScreenerOf } from "@/lib/services/allowlists/open-screener";

import { readDisputes } from "./read-disputes";

/** What speaks against blocking a value, each in a sentence; null: nothing, or it is not to be blocked. */
export type Doubts = { near: string | null; dispute: string | null };

type Item = { rowId: string; type: IndicatorType; value: string; code: string; action: string | null };

/** Adds to items of a plan what speaks against blocking them: an allowlist that is close by, another team's word. */
export const withDoubts = async <T extends Item>(
  teamId: string,
  items: readonly T[],
): Promise<(T & Doubts)[]> => {
  const doubted = items.filter(({ action, code }) => isBlocking(action) || isGateCode(code));
  if (doubted.length === 0) return items.map((item) => ({ ...item, ...NO_DOUBTS }));
  const { screen } = await openScreenerOf(teamId);
  const ids = doubted.map(({ rowId }) => rowId);
  const disputes = await bulkAsSystem("delivery", (client) => readDisputes(client, teamId, ids));
  const asked = new Set(ids);
  return items.map((item) => {
    if (!asked.has(item.rowId)) return { ...item, ...NO_DOUBTS };
    const near = findNear(screen, item.type, item.value);
    return { ...item, near, dispute: disputes.get(item.rowId) ?? null };
  });
};

const NO_DOUBTS: Doubts = { near: null, dispute: null };
