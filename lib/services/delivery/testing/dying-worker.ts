// A worker of its own process that is killed without warning right after a destination answered, before anything is written
// down: `dying-worker.ts <pushId> <answers until death> <requests at once>`.
import { openDestination } from "@/lib/connectors/registry";

import { deliverPush } from "../deliver-push";

const [pushId = "", answers = "1", requestsAtOnce = "1"] = process.argv.slice(2);
let left = Number(answers);

const dieAfter = async <T>(answer: Promise<T>): Promise<T> => {
  const given = await answer;
  left -= 1;
  if (left <= 0) process.kill(process.pid, "SIGKILL");
  return given;
};

await deliverPush(pushId, {
  signal: new AbortController().signal,
  open: (settings) => {
    const destination = openDestination(settings);
    return {
      ...destination,
      limits: { ...destination.limits, requestsAtOnce: Number(requestsAtOnce) },
      push: (batch, signal) => dieAfter(destination.push(batch, signal)),
      withdraw: (batch, signal) => dieAfter(destination.withdraw(batch, signal)),
    };
  },
});
