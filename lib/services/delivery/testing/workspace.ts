import { randomUUID } from "node:crypto";

import { z } from "zod";

import { clientIdOf, CONTOSO, CONTOSO_SOC } from "./desk";

// What somebody does to contoso-soc by a script or in the portal, under the application of Team A.

const SUBSCRIPTION = "5b000001-0d0d-4e0e-8f0f-000000000001";
const TABLE = `subscriptions/${SUBSCRIPTION}/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/contoso-soc/providers/Microsoft.SecurityInsights/threatIntelligence`;
const itemSchema = z.object({
  name: z.string(),
  properties: z.object({ data: z.record(z.string(), z.unknown()) }),
});

type NewObject = { value: string; name?: string; labels?: readonly string[]; markings?: readonly string[] };

/** Uploads, changes and deletes objects at the sandbox's workspace. */
export const workspaceDesk = (origin: () => string) => {
  const signIn = async (): Promise<string> => {
    const form = {
      grant_type: "client_credentials",
      client_id: clientIdOf("TPI_TeamA"),
      client_secret: "sandbox~secret~of~TPI_TeamA",
      scope: "https://management.azure.com/.default",
    };
    const address = `${origin()}/entra/${CONTOSO}/oauth2/v2.0/token`;
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(form) });
    return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
  };
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${origin()}/${path}`, {
      method,
      headers: { authorization: `Bearer ${await signIn()}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The sandbox refused ${method} ${path}: ${text}`);
    return text === "" ? null : (JSON.parse(text) as unknown);
  };
  const put = (source: string, object: object): Promise<unknown> =>
    call(
      "POST",
      `sentinel/workspaces/${CONTOSO_SOC}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`,
      { sourcesystem: source, stixobjects: [object] },
    );
  const nameOf = (source: string, stixId: string): string =>
    `${Buffer.from(source, "utf8").toString("base64")}---${stixId}`;
  return {
    /** Gives the new object's STIX id. */
    upload: async (
      source: string,
      { value, name = "Uploaded", labels = [], markings = [] }: NewObject,
    ): Promise<string> => {
      const id = `indicator--${randomUUID()}`;
      const now = new Date();
      await put(source, {
        ...{ type: "indicator", spec_version: "2.1", id, name, labels },
        ...{ created: now.toISOString(), modified: now.toISOString(), valid_from: now.toISOString() },
        valid_until: new Date(now.getTime() + 30 * 24 * 3_600_000).toISOString(),
        ...{ pattern: `[domain-name:value = '${value}']`, pattern_type: "stix" },
        ...(markings.length > 0 && { object_marking_refs: markings }),
      });
      return id;
    },
    change: async (source: string, stixId: string, change: object): Promise<void> => {
      const path = `arm/${TABLE}/${encodeURIComponent(nameOf(source, stixId))}?api-version=2025-07-01-preview`;
      const { data } = itemSchema.parse(await call("GET", path)).properties;
      await put(source, { ...data, modified: new Date().toISOString(), ...change });
    },
    remove: async (source: string, stixId: string): Promise<void> => {
      const name = encodeURIComponent(nameOf(source, stixId));
      await call("DELETE", `arm/${TABLE}/${name}?api-version=2025-07-01-preview`);
    },
  };
};
