import type { Claim } from "@/lib/domain/indicator/claim";
import { claimOf } from "@/lib/feeds/fields/claim";

import type { ColumnPlan } from "./columns";

/** What a row says beside its values. A cell that cannot be read says nothing; it never refuses the row. */
export const readClaim = (cells: readonly string[], { roles, hasClaim }: ColumnPlan): Claim =>
  hasClaim
    ? claimOf((role) => {
        const index = roles[role];
        return index === undefined ? "" : (cells[index] ?? "");
      })
    : NOTHING;

const NOTHING: Claim = {};
