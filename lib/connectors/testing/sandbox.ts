import { afterAll, beforeAll } from "vitest";
import { z } from "zod";

import type { DestinationSettings } from "../registry";

/** A running sandbox, as the program that is started by tests gives it. */
export type RunningSandbox = { url: string; close: () => Promise<void> };

export type TestSandbox = {
  origin: string;
  /** Steers the sandbox: `PUT /_control/…` and its like; answers the parsed body. */
  control: (method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: unknown) => Promise<unknown>;
  /** Requests received at paths of that end, oldest first. */
  received: (pathEnd: string) => Promise<ReceivedRequest[]>;
  close: () => Promise<void>;
};

/**
 * Gives the tests of a file a sandbox of their own, which the product takes for the one it knows, and ends it after them. The
 * sandbox is a program of its own, so that whoever calls this brings what starts it.
 */
export const useSandbox = (
  start: (options: { port: number }) => Promise<RunningSandbox>,
): { readonly url: string } => {
  let running: RunningSandbox | null = null;
  beforeAll(async () => {
    running = await start({ port: 0 });
    process.env["SANDBOX_URL"] = running.url;
  });
  afterAll(() => running?.close());
  return {
    get url() {
      if (running === null) throw new Error("The sandbox runs while tests do, not before.");
      return running.url;
    },
  };
};

/** What tests do with a sandbox of their own. */
export const steer = ({ url: origin, close }: RunningSandbox): TestSandbox => {
  const control: TestSandbox["control"] = async (method, path, body) => {
    const response = await fetch(`${origin}/_control/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The sandbox refused ${method} ${path}: ${text}`);
    const parsed: unknown = text === "" ? null : JSON.parse(text);
    return parsed;
  };
  return {
    origin,
    control,
    received: async (pathEnd) => {
      const { requests } = journalSchema.parse(await control("GET", "journal"));
      return requests.filter(({ path }) => path.endsWith(pathEnd));
    },
    close,
  };
};

/** The preset application of Team A, which may push to Defender and to the workspace contoso-soc. */
export const teamA = (sandbox: TestSandbox): Omit<DestinationSettings, "kind"> => ({
  cloud: "sandbox",
  sandboxOrigin: sandbox.origin,
  tenantId: "7e000001-0a1b-4c2d-8e3f-000000000001",
  clientId: "a0000001-1a1a-4b2b-8c3c-000000000001",
  credential: { kind: "secret", secret: "sandbox~secret~of~TPI_TeamA" },
  workspaceId: "5e900001-0a0a-4b0b-8c0c-000000000001",
  azure: {
    subscriptionId: "5b000001-0d0d-4e0e-8f0f-000000000001",
    resourceGroup: "rg-security",
    workspaceName: "contoso-soc",
  },
  sourceSystem: "Sluice",
  pace: () => Promise.resolve(),
});

const requestSchema = z.object({
  method: z.string(),
  path: z.string(),
  status: z.number().nullable(),
  body: z.unknown(),
});
type ReceivedRequest = z.infer<typeof requestSchema>;
const journalSchema = z.object({ requests: z.array(requestSchema), dropped: z.literal(0) });
