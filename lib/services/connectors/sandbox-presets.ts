import "server-only";

import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import { createVendorFetch } from "@/lib/http/vendor-fetch";

/** What fills a connector's form in one click. The secrets open nothing but the sandbox. */
export type SandboxPresets = z.infer<typeof presetsSchema>["tenants"];

/** The sandbox's tenants, applications and workspaces; empty where no sandbox is set up. Throws when it does not answer. */
export const listSandboxPresets = async (signal?: AbortSignal): Promise<SandboxPresets> => {
  const { SANDBOX_URL } = env();
  if (SANDBOX_URL === undefined) return [];
  const fetch = createVendorFetch({ allowedOrigins: [new URL(SANDBOX_URL).origin], totalMs: 5_000 });
  const answer = await fetch({
    method: "GET",
    url: `${SANDBOX_URL}/_control/presets`,
    ...(signal && { signal }),
  });
  const parsed = presetsSchema.safeParse(answer.json);
  if (parsed.success) return parsed.data.tenants;
  throw new AppError("upstream_unavailable", "The sandbox did not answer with its presets. Is it running?", {
    retry: "later",
  });
};

const presetsSchema = z.object({
  tenants: z.array(
    z.object({
      tenantId: z.string(),
      displayName: z.string(),
      deviceGroups: z.array(z.object({ name: z.string() })),
      applications: z.array(
        z.object({
          displayName: z.string(),
          clientId: z.string(),
          clientSecret: z.string().nullable(),
          note: z.string(),
        }),
      ),
      workspaces: z.array(
        z.object({
          workspaceId: z.string(),
          name: z.string(),
          subscriptionId: z.string(),
          resourceGroup: z.string(),
        }),
      ),
    }),
  ),
});
