import { z } from "zod";

import { CONTOSO, CONTOSO_SOC } from "./desk";

// What stands in the sandbox, read from its state and never from what was sent.

const indicatorSchema = z.object({
  id: z.string(),
  indicatorValue: z.string(),
  action: z.string(),
  severity: z.string().nullable(),
  title: z.string(),
  description: z.string(),
  expirationTime: z.string().nullable(),
  createdBy: z.string(),
  externalId: z.string().nullable(),
  rbacGroupNames: z.array(z.string()),
});
const objectSchema = z.object({
  isActive: z.boolean(),
  data: z.looseObject({
    id: z.string(),
    type: z.string(),
    name: z.string().optional(),
    description: z.string().optional(),
    labels: z.array(z.string()).default([]),
    pattern: z.string().default(""),
    valid_until: z.string().optional(),
  }),
});
const stateSchema = z.object({
  now: z.coerce.date(),
  tenants: z.array(
    z.object({
      tenantId: z.string(),
      defender: z.object({ count: z.number(), indicators: z.array(indicatorSchema) }),
      workspaces: z.array(z.object({ workspaceId: z.string(), objects: z.array(objectSchema) })),
    }),
  ),
});
const journalSchema = z.object({
  // One that is not whole any more proves nothing.
  dropped: z.literal(0, "The sandbox's journal dropped its oldest requests."),
  requests: z.array(
    z.object({
      /** By the sandbox's clock, which tests put on. */
      at: z.string(),
      /** By this machine's. */
      receivedAt: z.string(),
      method: z.string(),
      path: z.string(),
      headers: z.record(z.string(), z.string()),
      status: z.number().nullable(),
      /** What spoiled it, or null. */
      fault: z.unknown(),
      /** Whose token it carried, once that was checked. */
      principal: z.object({ clientId: z.string() }).nullable(),
      /** Whose token it carried, by what the token says of itself. */
      bearer: z.string().nullable(),
      /** Those of Defender that it made or changed, whatever became of the answer. */
      records: z.array(z.object({ id: z.string(), value: z.string(), createdBy: z.string() })),
      body: z.unknown(),
    }),
  ),
});

/** An upload that tells who makes the records, and carries none. */
export const isIntroduction = (body: unknown): boolean => introductionSchema.safeParse(body).success;
const introductionSchema = z.object({ stixobjects: z.tuple([z.object({ type: z.literal("identity") })]) });

export type Received = z.output<typeof journalSchema>["requests"][number];

type Place = { tenantId: string; workspaceId: string };
const AT_CONTOSO: Place = { tenantId: CONTOSO, workspaceId: CONTOSO_SOC };

/** Looks at the sandbox and steers it; what stands is that of one tenant and its workspace. */
export const lookAt = (origin: () => string, { tenantId, workspaceId }: Place = AT_CONTOSO) => {
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${origin()}/_control/${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The sandbox refused ${method} ${path}: ${text}`);
    return text === "" ? null : (JSON.parse(text) as unknown);
  };
  const state = async () => stateSchema.parse(await control("GET", `state?tenant=${tenantId}`));
  const readTenant = async () => {
    const [tenant] = (await state()).tenants;
    if (!tenant) throw new Error("The sandbox lost its tenant.");
    return tenant;
  };
  return {
    control,
    /** What its clock says. */
    now: async (): Promise<Date> => (await state()).now,
    /** The tenant's Defender indicators. */
    defender: async () => (await readTenant()).defender.indicators,
    /** The newest state of the workspace's objects: of those that still hold, or of all (`latest`). */
    sentinel: async (view: "active" | "latest" = "active") => {
      const { workspaces } = await readTenant();
      const found = workspaces.find((one) => one.workspaceId === workspaceId);
      return (found?.objects ?? [])
        .filter(({ data }) => data.type === "indicator")
        .filter(({ isActive }) => view === "latest" || isActive)
        .map(({ data }) => data);
    },
    /** All requests, oldest first. */
    journal: async (): Promise<Received[]> => journalSchema.parse(await control("GET", "journal")).requests,
    /** Requests to Defender and Sentinel that change a record, oldest first. */
    writes: async () => {
      const { requests } = journalSchema.parse(await control("GET", "journal"));
      return requests.filter(
        ({ method, path, body }) =>
          method !== "GET" &&
          !isIntroduction(body) &&
          /import$|BatchDelete$|:upload$|indicators(?:\/\d+)?$/.test(path),
      );
    },
    reset: async () => {
      await control("POST", "reset");
    },
  };
};
