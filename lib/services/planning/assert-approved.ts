import "server-only";

import type { PoolClient } from "pg";

import type { Doer } from "@/lib/domain/access/actor";
import { findFormerExcess } from "@/lib/domain/delivery/loosened";
import { findExcess, NOTHING_EARLIER } from "@/lib/domain/delivery/plan-limits";
import { AppError } from "@/lib/domain/errors";

import { holdAlone, measureNow, readAppliedAlone } from "./limits-now";
import type { CountedRow } from "./plan-columns";
import type { PlanningConnector } from "./planning-connector";

type Applying = {
  plan: CountedRow & {
    id: string;
    createdBy: string | null;
    approvedAt: Date | null;
    approvedBy: string | null;
  };
  connector: PlanningConnector;
  doer: Doer;
};

/**
 * Throws `conflict` where a plan is more than whoever applies it may apply alone, and nobody else approved it: by the limits as they
 * are now, together with what that one applied alone within the last hour.
 */
export const assertApproved = async (
  client: PoolClient,
  { plan, connector, doer }: Applying,
): Promise<void> => {
  const { id, approval, loosened, policy } = connector;
  if (approval === null && loosened === null) return;
  // What goes by itself counts at its own connector alone.
  if (doer.id !== null) await holdAlone(client, connector);
  const { createdBy: authorId, approvedAt, approvedBy } = plan;
  const at = { id, kind: policy.kind };
  const counts = await measureNow(client, at, { plan, limits: [approval, loosened?.former] });
  // What goes by itself has limits of its own, and their hour.
  const earlier = doer.id === null ? NOTHING_EARLIER : (await readAppliedAlone(client, at)).get(doer.id);
  const former = findFormerExcess(loosened, counts, { applierId: doer.id, authorId, earlier });
  if (former.length > 0 && (approvedAt === null || approvedBy === loosened?.by))
    throw conflict(`${former.join(" ")} ${BY_ANOTHER}`);
  const excess = findExcess(approval, counts, { earlier });
  if (excess.length === 0) return;
  if (approvedAt === null) {
    const isAnyones = findExcess(approval, counts).length > 0;
    throw conflict(`${excess.join(" ")} ${isAnyones ? BEFORE_APPLYING : BY_ANOTHER}`);
  }
  if (authorId === null && approvedBy === doer.id)
    throw conflict("You approved this plan, and no person made it: somebody else has to apply it.");
};

const conflict = (message: string): AppError => new AppError("conflict", message);

const BEFORE_APPLYING = "Somebody else than its author has to approve this plan before it is applied.";
const BY_ANOTHER = "Somebody else has to approve or apply this plan.";
