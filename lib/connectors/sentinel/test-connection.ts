import type { VendorAnswer } from "@/lib/http/vendor-fetch";

import type { ApiClient } from "../api-client";
import { runChecks } from "../checks";
import type { Check } from "../contract";
import { readVendorFault } from "../vendor-failure";
import { SENTINEL_REMEDIES, type AzureNames, type SentinelClient } from "./client";

type Finding = Omit<Check, "name">;
type Options = {
  api: ApiClient;
  client: SentinelClient;
  clientId: string;
  workspaceId: string;
  names: AzureNames | null;
};

/** Token, Workspace, Write, Read: tries what a push and reading back need and changes nothing. */
export const testSentinel = (
  { api, client, clientId, workspaceId, names }: Options,
  signal?: AbortSignal,
): Promise<Check[]> => {
  // One probe answers two questions. An object without an id is refused by its form, once the workspace was found good.
  let probe: Promise<VendorAnswer> | null = null;
  const askOnce = (): Promise<VendorAnswer> => (probe ??= client.upload([{ type: "indicator" }], signal));

  return runChecks(
    [
      {
        name: "Token",
        step: async () => {
          const result = await api.token({ isFresh: true, signal });
          if (!result.ok) return { ok: false, detail: result.problem.what, fix: result.problem.fix };
          return passed(
            `Application ${clientId} signed in. Rights in Sentinel are Azure roles and show only in use.`,
          );
        },
      },
      {
        name: "Workspace",
        step: async () =>
          GUID.test(workspaceId) ? judgeWorkspace(await askOnce(), workspaceId) : notGuid(workspaceId),
      },
      { name: "Write", step: async () => judgeWrite(await askOnce()) },
      {
        name: "Read",
        step: async () =>
          names === null
            ? passed(
                'Not checked: no Azure names. Without subscription, resource group and workspace name nothing can be read back, and receipts end at "accepted".',
              )
            : judgeRead(await client.queryOne(names, signal), names),
      },
    ],
    signal,
  );
};

const judgeWorkspace = (answer: VendorAnswer, workspaceId: string): Finding => {
  const { message } = readVendorFault(answer);
  const isUnknown = answer.status === 404 || (answer.status === 400 && /workspace/i.test(message));
  if (!isUnknown) return passed(`Sentinel answers for workspace ${workspaceId}.`);
  return failed(answer, `Sentinel does not know workspace ${workspaceId}`, SENTINEL_REMEDIES.notFound);
};

const judgeWrite = (answer: VendorAnswer): Finding => {
  if (answer.status === 200)
    return passed("Sentinel takes uploads of this application. Nothing was changed.");
  // Whether it asks for the role before it looks at the body is not documented.
  if (answer.status === 400) return passed(REFUSED_BY_FORM);
  const isDenied = answer.status === 401 || answer.status === 403;
  const fix = isDenied ? SENTINEL_REMEDIES.forbidden : "Try again in a few minutes.";
  return failed(answer, "Sentinel did not take an upload", fix);
};

const REFUSED_BY_FORM =
  "Sentinel refused a trial object for its form, as it should, and nothing was changed. That this application has the right to write is certain only after its first upload.";

const judgeRead = (answer: VendorAnswer, names: AzureNames): Finding => {
  if (answer.status === 200) return passed("Indicators can be read back.");
  const fix =
    answer.status === 404 || answer.status === 400
      ? `Check the three Azure names: subscription ${names.subscriptionId}, resource group ${names.resourceGroup}, workspace ${names.workspaceName}.`
      : SENTINEL_REMEDIES.forbidden;
  return failed(
    answer,
    "Indicators could not be read back",
    answer.status >= 500 ? "Try again in a few minutes." : fix,
  );
};

const notGuid = (workspaceId: string): Finding => ({
  ok: false,
  detail: `"${workspaceId}" is not a workspace ID.`,
  fix: SENTINEL_REMEDIES.notFound,
});

const passed = (detail: string): Finding => ({ ok: true, detail, fix: "" });

const failed = (answer: VendorAnswer, what: string, fix: string): Finding => {
  const { message } = readVendorFault(answer);
  return {
    ok: false,
    detail: `${what} (HTTP ${String(answer.status)}).${message === "" ? "" : ` It says: ${message}`}`,
    fix,
  };
};

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
