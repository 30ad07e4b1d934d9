import type { ApiClient } from "../api-client";
import type { Destination } from "../contract";
import { createDefenderClient } from "./client";
import { DEFENDER_LIMITS } from "./limits";
import { toRemoteRecord } from "./map";
import { createPrevalence } from "./prevalence";
import { pushToDefender, submitToDefender } from "./push";
import { seesWholeTenant } from "./roles";
import { testDefender } from "./test-connection";
import { removalBy, withdrawFromDefender } from "./withdraw";

export type DefenderOptions = {
  api: ApiClient;
  baseUrl: string;
  clientId: string;
  /** The label in Defender's `application` field, set once at creation of a record. */
  application: string;
  acceptsMd5: boolean | null;
  now: () => Date;
};

/** Defender for Endpoint as a destination of one application. */
export const createDefenderDestination = ({
  api,
  baseUrl,
  clientId,
  application,
  acceptsMd5,
  now,
}: DefenderOptions): Destination => {
  const client = createDefenderClient(api, baseUrl, now);
  const ending = { clientId, now, theirNow: api.theirNow };
  return {
    kind: "defender",
    limits: {
      maxPerPush: DEFENDER_LIMITS.import.maxItems,
      maxPerWithdraw: DEFENDER_LIMITS.batchDelete.maxItems,
      requestsAtOnce: DEFENDER_LIMITS.requestsAtOnce,
    },
    ownership: "application",
    isReadable: true,
    seesOthers: async (signal) => {
      const { roles } = await api.requireToken({ signal });
      return roles && seesWholeTenant(roles);
    },
    push: (batch, signal, onSplit) =>
      pushToDefender(client, batch, { application, acceptsMd5, now }, signal, onSplit),
    withdraw: (batch, signal, onSplit) => withdrawFromDefender(client, batch, { ...ending, onSplit }, signal),
    theirNow: api.theirNow,
    removalBy,
    singly: {
      max: DEFENDER_LIMITS.submit.maxItems,
      push: (batch, signal, onSplit) =>
        submitToDefender(client, batch, { application, acceptsMd5, now }, signal, onSplit),
      withdraw: (batch, signal, onSplit) =>
        withdrawFromDefender(client, batch, { ...ending, usual: "single", onSplit }, signal),
    },
    introduce: null,
    list: async function* (signal) {
      for await (const page of client.listPages(signal)) {
        yield page.map((listed) => toRemoteRecord(listed, clientId));
      }
    },
    prevalence: createPrevalence(api, client, now),
    find: null,
    test: (signal, deviceGroups = []) => testDefender(api, client, { clientId, deviceGroups }, signal),
  };
};
