// A worker of its own process that takes a while after each answer of a destination and has so many requests under way:
// `slow-worker.ts <pushId> <pause in ms> <requests at once>`. It prints what became of the push.
import { setTimeout as sleep } from "node:timers/promises";

import { openDestination } from "@/lib/connectors/registry";
import { closeDatabase } from "@/lib/db/client";

import { deliverPush } from "../deliver-push";

const [pushId = "", pauseMs = "0", requestsAtOnce = "1"] = process.argv.slice(2);

const outcome = await deliverPush(pushId, {
  signal: new AbortController().signal,
  open: (settings) => {
    const destination = openDestination(settings);
    return {
      ...destination,
      limits: { ...destination.limits, requestsAtOnce: Number(requestsAtOnce) },
      push: async (batch, signal) => {
        const answer = await destination.push(batch, signal);
        await sleep(Number(pauseMs));
        return answer;
      },
    };
  },
});
process.stdout.write(outcome);
await closeDatabase();
