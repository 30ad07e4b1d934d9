import { expect, it } from "vitest";

import { connectorReconcile } from "./connector-reconcile.job";
import { pushConfirm } from "./push-confirm.job";
import { pushConfirmUrgent } from "./push-confirm-urgent.job";

it("what reads a whole destination holds up neither what is urgent nor plans, and what people wait for is read first", () => {
  for (const { queue } of [pushConfirm, pushConfirmUrgent, connectorReconcile]) expect(queue).toBe("confirm");
  expect(pushConfirmUrgent.options.lifo).toBe(true);
});
