import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import type { VendorFetch } from "@/lib/http/vendor-fetch";

import type { TokenSource } from "../entra/token-source";
import { toVendorFailure } from "../vendor-failure";

type Logs = { fetch: VendorFetch; tokens: TokenSource; baseUrl: string; scope: string; workspaceId: string };

/** The one number that a query over a workspace's tables answers. Throws an AppError when there is none. */
export const countInWorkspace = async (
  { fetch, tokens, baseUrl, scope, workspaceId }: Logs,
  query: string,
  signal?: AbortSignal,
): Promise<number> => {
  const token = await tokens(scope, { signal });
  if (!token.ok) {
    const { what, fix, retry } = token.problem;
    throw new AppError(retry === "later" ? "upstream_unavailable" : "upstream_rejected", `${what} ${fix}`, {
      retry,
    });
  }
  const answer = await fetch({
    method: "POST",
    effect: "read",
    url: `${baseUrl}/v1/workspaces/${workspaceId}/query`,
    bearer: token.value.value,
    body: { json: { query } },
    ...(signal && { signal }),
  });
  if (answer.status !== 200) throw toVendorFailure(answer, REMEDIES, new Date());
  const parsed = answerSchema.safeParse(answer.json);
  const count = parsed.success ? parsed.data.tables[0]?.rows[0]?.[0] : undefined;
  if (count !== undefined) return count;
  throw new AppError("upstream_rejected", "The answer of Log Analytics could not be read.", {
    retry: "later",
  });
};

const REMEDIES = {
  service: "Log Analytics",
  forbidden:
    "Give the application the role Microsoft Sentinel Contributor or Log Analytics Reader on the workspace. It takes some minutes to spread.",
  notFound: "Check the workspace id: it is the GUID on the workspace's overview page.",
};

const answerSchema = z.object({ tables: z.array(z.object({ rows: z.array(z.array(z.number())) })) });
