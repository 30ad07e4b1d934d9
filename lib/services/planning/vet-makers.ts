import "server-only";

import type { Maker } from "@/lib/connectors/contract";
import { AppError } from "@/lib/domain/errors";

import type { Application, Applications } from "@/lib/services/delivery/applications";
import { readTenant } from "@/lib/services/reconcile/look-around";
import { noteTenant } from "@/lib/services/delivery/note-tenant";
import type { ReadyItem } from "@/lib/services/delivery/prepare-item";
import { settleSlot, toTrouble, type Trouble } from "@/lib/services/delivery/send-batch";

type Options = { applications: Applications; connectorId: string; signal: AbortSignal };

/** By the numbers of the indicators' rows: who made what would be touched and is not ours. */
type Vetted = { foreign: ReadonlyMap<string, Maker>; trouble: Trouble | null };

/**
 * Looks who made the records that a batch would change or delete, where nobody has seen that yet and the application that is to do it may
 * touch others' records: an import tells no maker, and may have written over somebody else's.
 */
export const vetMakers = async (
  ready: readonly ReadyItem[],
  { applications, connectorId, signal }: Options,
): Promise<Vetted> => {
  const foreign = new Map<string, Maker>();
  for (const [executor, touched] of groupUnseen(ready)) {
    let application: Application | null = null;
    try {
      application = await applications(executor);
      const seesOthers = await application.destination.seesOthers(signal);
      if (seesOthers === false) continue;
      const makers = await noteTenant(application, await readTenant(application, signal), seesOthers);
      for (const { indicatorId, remoteId } of touched) {
        const maker = makers.get(remoteId);
        if (maker) foreign.set(indicatorId, maker);
      }
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error;
      // One of another team that cannot sign in sends nothing either.
      const trouble = toTrouble(error);
      if (application) await settleSlot(application.pacer, trouble);
      if (executor === connectorId || trouble.retry !== "never") return { foreign: new Map(), trouble };
    }
  }
  return { foreign, trouble: null };
};

type Touched = { indicatorId: string; remoteId: string };

/** What would be touched by its id, and nobody has seen who made it, by the application that would. */
const groupUnseen = (ready: readonly ReadyItem[]): ReadonlyMap<string, Touched[]> => {
  const groups = new Map<string, Touched[]>();
  for (const { item, record, withdraw, put } of ready) {
    const executor = withdraw?.by ?? put?.by;
    const remoteId = withdraw ? withdraw.record.remoteId : record.remoteId;
    if (executor === undefined || remoteId === null) continue;
    if (remoteId === record.remoteId && record.makerSeenAt !== null) continue;
    const { indicatorId } = item;
    groups.set(executor, [...(groups.get(executor) ?? []), { indicatorId, remoteId }]);
  }
  return groups;
};
