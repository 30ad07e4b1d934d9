import { randomUUID } from "node:crypto";

import { z } from "zod";

import {
  clientIdOf,
  CONTOSO,
  CONTOSO_SOC,
  deliverToTheEnd,
  type ApplicationName,
} from "@/lib/services/delivery/testing/desk";
import { ingestRun } from "@/lib/services/feeds/ingest-run";
import { acceptAsNewUser } from "@/lib/services/people/accept-invitation";
import { createApiTokenFor } from "@/lib/services/people/create-api-token";

import { read, type ApiClient } from "./api-client";
import * as contract from "./api-contract";

// What a program does by the API, in steps of more than one call. What the queue would have a worker do is done by the
// very service that the worker calls.

const never = new AbortController().signal;

type Invitation = { team: string; email: string; role: string };

/** Has an administrator invite a person, who accepts; gives a token as `npm run token` makes it. */
export const invite = async (
  admin: ApiClient,
  { team, email, role }: Invitation,
  password = "plum-harbour-lantern-42",
): Promise<string> => {
  const invitation = contract.made.and(z.object({ url: z.url() }));
  const { url } = read(await admin.post(`/teams/${team}/invitations`, { email, role }), 201, invitation);
  const secret = new URL(url).pathname.split("/").at(-1) ?? "";
  await acceptAsNewUser({ secret, name: email, password });
  return (await createApiTokenFor({ email, name: "By script", scopes: ["*"] })).token;
};

/** The body of a connector to the sandbox's tenant Contoso or its workspace contoso-soc. */
export const connectorBody = (team: string, kind: "defender" | "sentinel", app: ApplicationName) => ({
  ...{ team, kind, cloud: "sandbox", tenantId: CONTOSO, clientId: clientIdOf(app) },
  ...{ name: `${kind} by ${app}`, clientSecret: `sandbox~secret~of~${app}` },
  ...(kind === "sentinel" && {
    workspaceId: CONTOSO_SOC,
    subscriptionId: "5b000001-0d0d-4e0e-8f0f-000000000001",
    resourceGroup: "rg-security",
    workspaceName: "contoso-soc",
  }),
});

/** Queues a run of a feed and has it carried out; gives the run. */
export const runNow = async (client: ApiClient, feedId: string) => {
  const { id } = read(await client.post(`/feeds/${feedId}/runs`), 202, contract.made);
  return carryOutRun(client, id);
};

/** Carries a queued run out; gives the run. */
export const carryOutRun = async (client: ApiClient, runId: string) => {
  await ingestRun(runId, { workerId: randomUUID(), signal: never });
  return read(await client.get(`/runs/${runId}`), 200, contract.run);
};

/** Plans for a connector. */
export const plan = async (client: ApiClient, connectorId: string) =>
  read(await client.post(`/connectors/${connectorId}/plans`), 201, contract.plan);

/** Plans for a connector, applies what was planned and has it delivered; gives the plan's counts and the push. */
export const pushNow = async (client: ApiClient, connectorId: string) => {
  const { id: planId, hash, counts } = await plan(client, connectorId);
  const { id } = read(await client.post(`/plans/${planId}/apply`, { hash }), 202, contract.made);
  await deliverToTheEnd(id);
  return { planned: counts, push: read(await client.get(`/pushes/${id}`), 200, contract.push) };
};

/** All of a list, page after page; the address has a query. */
export const readAll = async <Item extends z.ZodType>(client: ApiClient, address: string, item: Item) => {
  const page = contract.page(item);
  const all: z.output<Item>[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const found: z.output<typeof page> = read(await client.get(`${address}${next}`), 200, page);
    all.push(...found.data);
    cursor = found.nextCursor;
  } while (cursor !== null);
  return all;
};

/** How many of a connector's receipts are in each state. */
export const receiptStates = async (
  client: ApiClient,
  connectorId: string,
): Promise<Record<string, number>> => {
  const receipts = await readAll(client, `/connectors/${connectorId}/receipts?limit=400`, contract.receipt);
  const states: Record<string, number> = {};
  for (const { state } of receipts) states[state] = (states[state] ?? 0) + 1;
  return states;
};
