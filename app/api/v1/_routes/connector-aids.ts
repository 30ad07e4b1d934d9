import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { CLOUDS, CONNECTOR_KINDS } from "@/lib/domain/connector/kinds";
import { azScript } from "@/lib/domain/connector/setup/az-script";
import { powershellScript } from "@/lib/domain/connector/setup/powershell-script";
import { grantsOf, hasEnd, SETUP_PROOFS } from "@/lib/domain/connector/setup/setup";
import { MOST_ADDRESSES } from "@/lib/domain/indicator/expand";
import { networkCost } from "@/lib/domain/indicator/network-cost";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { countNetworks } from "@/lib/services/connectors/count-networks";

// What helps to set a connector up, before there is one.

export const countNetworksRoute = defineRoute({
  method: "POST",
  path: "/connectors/networks/count",
  summary: "Say what it would take to send a team's small networks as their addresses",
  description:
    "Of the networks of up to `upTo` addresses that the feeds name and the types take; null for all. `nested` of `networks` lie in others and cost nothing more; `places` is how many addresses they have, each counted once. Nothing is saved.",
  tags: ["Connectors"],
  permission: "connector.write",
  idempotent: false,
  body: z.strictObject({
    team: z.string(),
    feeds: z.array(z.uuid()).max(1_000).nullable().default(null),
    types: z.array(z.enum(INDICATOR_TYPES)).nullable().default(null),
    upTo: z.number().int().min(1).max(MOST_ADDRESSES).default(MOST_ADDRESSES),
  }),
  answer: {
    status: 200,
    schema: z.object({ networks: z.number(), nested: z.number(), places: z.number() }),
  },
  run: async ({ body: { team, feeds, types, upTo }, inTeam }) =>
    networkCost(await countNetworks(inTeam(team).id, { feeds, types }), upTo),
});

const name = z.string().max(120).default("");
const yes = z.enum(["true", "false"]).default("false");

export const getSetupRoute = defineRoute({
  method: "GET",
  path: "/connectors/setup",
  summary: "Get what to grant in Entra ID, and scripts that make the application",
  description:
    "What is left out is a word in capitals in the scripts, to be replaced. They are run by whoever may grant; nothing is made here.",
  tags: ["Connectors"],
  permission: "connector.read",
  query: z.strictObject({
    kind: z.enum(CONNECTOR_KINDS).default("defender"),
    cloud: z.enum(CLOUDS).default("public"),
    proof: z.enum(SETUP_PROOFS).default("certificate"),
    ...{
      applicationName: name,
      tenantId: name,
      subscriptionId: name,
      resourceGroup: name,
      workspaceName: name,
    },
    ...{ readsOwnEnd: yes, readsPrevalence: yes },
  }),
  answer: {
    status: 200,
    schema: z.object({
      grants: z.array(z.object({ what: z.string(), of: z.string(), why: z.string(), by: z.string() })),
      azureCli: z.string(),
      powershell: z.string(),
    }),
  },
  run: ({ query: { readsOwnEnd, readsPrevalence, ...asked } }) => {
    const setup = {
      ...asked,
      readsOwnEnd: readsOwnEnd === "true" && hasEnd(asked.proof),
      readsPrevalence: readsPrevalence === "true",
    };
    const scripts = { azureCli: azScript(setup), powershell: powershellScript(setup) };
    return Promise.resolve({ grants: grantsOf(setup), ...scripts });
  },
});
