// A worker of its own process that takes a while after each answer of a destination and sends one request after the other:
// `slow-worker.ts <pushId> <pause in ms>`. It prints what became of the push.
import { setTimeout as sleep } from "node:timers/promises";

import { closeDatabase } from "@/lib/db/client";

import { deliverPush } from "../deliver-push";
import { openOneByOne } from "./desk";

const [pushId = "", pauseMs = "0"] = process.argv.slice(2);

const outcome = await deliverPush(pushId, {
  signal: new AbortController().signal,
  open: (settings) => {
    const destination = openOneByOne(settings);
    return {
      ...destination,
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
