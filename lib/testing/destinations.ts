import { beforeEach } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { forgetDestinations } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { startSandbox } from "@/sandbox/server";

import { useTestDatabase } from "./database";

/**
 * Gives a test file a database, and a sandbox to send to: call it once at its top. Before each test the sandbox is as it begins, and the
 * database knows of nothing that stands there.
 */
export const useDestinations = () => {
  const database = useTestDatabase();
  const sandbox = useSandbox(startSandbox);
  const remote = lookAt(() => sandbox.url);
  beforeEach(async () => {
    await remote.reset();
    await database.asOwner((client) => forgetDestinations(client));
  });
  return { database, sandbox, remote };
};
