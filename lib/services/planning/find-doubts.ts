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

type Item = { type: IndicatorType; value: string; code: string; action: string | null };

/** Adds to items of a plan what speaks against blocking them: an allowlist that is close by, another team's word. */
export const withDoubts = async <T extends Item>(
  teamId: string,
  rows: readonly { rowId: string; item: T }[],
): Promise<(T & Doubts)[]> => {
  const ids = rows.flatMap(({ rowId, item: { action, code } }) =>
    isBlocking(action) || isGateCode(code) ? [rowId] : [],
  );
  if (ids.length === 0) return rows.map(({ item }) => ({ ...item, ...NO_DOUBTS }));
  const { screen } = await openScreenerOf(teamId);
  const findDispute = await bulkAsSystem("delivery", (client) => readDisputes(client, teamId, ids));
  const asked = new Set(ids);
  return rows.map(({ rowId, item }) => {
    if (!asked.has(rowId)) return { ...item, ...NO_DOUBTS };
    const { type, value } = item;
    const near = findNear(screen, type, value);
    return { ...item, near, dispute: findDispute({ id: rowId, type, value }) };
  });
};

const NO_DOUBTS: Doubts = { near: null, dispute: null };
