import { randomUUID } from "node:crypto";

import type { Client } from "pg";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";

import { connect, CONTOSO, CONTOSO_SOC } from "./desk";
import type { lookAt } from "./remote";

export type Database = { asOwner: <T>(run: (client: Client) => Promise<T>) => Promise<T> };
type Desk = { actor: Actor; team: { id: string; slug: string } };

export const OWN_SECRET = "sandbox~secret~of~a~test";

/** An application of a test's own at Contoso: what is remembered of another test's says nothing of this one. */
export const makeApplication = async (remote: ReturnType<typeof lookAt>, database: Database) => {
  const clientId = randomUUID();
  const change = (part: Record<string, unknown>): Promise<unknown> =>
    remote.control("POST", "applications", {
      ...{ tenantId: CONTOSO, clientId, displayName: "Test", roles: ["Ti.ReadWrite"] },
      ...{ sentinelContributorOn: [CONTOSO_SOC], ...part },
    });
  await change({ clientSecret: OWN_SECRET });
  return {
    clientId,
    change,
    /** A connector that looked around at its destination just now, so that the push is the first to ask for a token. */
    connectTo: async (
      kind: ConnectorKind,
      { actor, team }: Desk,
      settings: Record<string, unknown> = {},
    ): Promise<ConnectorView> => {
      const signIn = { clientId, clientSecret: OWN_SECRET };
      const connector = await connect(actor, team, kind, { ...signIn, ...settings });
      await database.asOwner((client) => client.query("UPDATE connector SET looked_at = now()"));
      return connector;
    },
  };
};
export type OwnApplication = Awaited<ReturnType<typeof makeApplication>>;
