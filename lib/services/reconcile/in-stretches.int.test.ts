import { beforeEach, describe, expect, it } from "vitest";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { connect, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { reconcileConnector } from "./reconcile-connector";

const { database } = useDestinations();
const signal = new AbortController().signal;

/** More than one stretch. */
const COUNT = 5_100;
const DAY_MS = 24 * 3_600_000;

let sentinel: ConnectorView;
beforeEach(async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  sentinel = await connect(actor, team, "sentinel");
  await vouch(team, someValues(COUNT), { name: "Large list" });
  await database.asOwner(async (client) => {
    for (const sql of STANDING) await client.query(sql, [sentinel.id, ENDS_AT]);
  });
});

const ENDS_AT = new Date(Date.now() + 90 * DAY_MS);
/** All that the team has stands at the connector's destination, and was seen there twenty days ago. */
const STANDING = [
  `INSERT INTO remote_record (id, destination_id, indicator_id, state, owner_connector_id, owner_client_id, remote_id, content_hash,
     expires_at, first_sent_at, accepted_at, visible_at)
   SELECT gen_random_uuid(), c.destination_id, t.indicator_id, 'live', c.id, c.client_id, 'there-' || t.indicator_id, '\\x00',
     $2, s.at, s.at, s.at
   FROM connector c JOIN team_indicator t ON t.team_id = c.team_id CROSS JOIN (SELECT now() - interval '20 days' AS at) s WHERE c.id = $1`,
  `INSERT INTO claim (record_id, connector_id, team_id, indicator_id, action, severity, confidence, tlp, expires_at, content, content_hash)
   SELECT r.id, c.id, c.team_id, r.indicator_id, 'Audit', 'Low', 80, 3, $2, '{}', '\\x00'
   FROM connector c JOIN remote_record r ON r.owner_connector_id = c.id WHERE c.id = $1`,
  `INSERT INTO receipt (connector_id, indicator_id, team_id, state, remote_id, expires_at, accepted_at, visible_at)
   SELECT c.id, r.indicator_id, c.team_id, 'visible', r.remote_id, $2, r.accepted_at, r.visible_at
   FROM connector c JOIN remote_record r ON r.owner_connector_id = c.id WHERE c.id = $1`,
];

const count = (table: string, condition: string): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE ${condition}`,
    );
    return rows[0]?.count ?? 0;
  });
const countGone = () => count("receipt", `connector_id = '${sentinel.id}' AND state = 'gone'`);

/** A workspace that shows these; tells before it is asked once more for some. */
const showing =
  (
    records: readonly RemoteRecord[],
    beforeAsked: (ids: readonly string[]) => Promise<void> = () => Promise.resolve(),
  ): OpenDestination =>
  (settings) => ({
    ...openDestination(settings),
    list: async function* () {
      yield await Promise.resolve(records);
    },
    find: async (ids) => {
      await beforeAsked(ids);
      return [];
    },
  });

const allShown = async (publishedAt: Date): Promise<RemoteRecord[]> => {
  const { rows } = await database.asOwner((client) =>
    client.query<{ remoteId: string }>(
      `SELECT remote_id AS "remoteId" FROM remote_record WHERE state = 'live'`,
    ),
  );
  return rows.map(({ remoteId }) => ({
    ...{ remoteId, type: "domain", value: `${remoteId}.example.org`, action: null, severity: null },
    ...{
      title: "As sent",
      description: null,
      externalId: null,
      stixId: null,
      createdBy: null,
      createdByName: null,
    },
    ...{
      isOurs: true,
      deviceGroups: [],
      raisesAlert: null,
      pattern: null,
      labels: [],
      expiresAt: ENDS_AT,
      madeAt: null,
      updatedAt: null,
    },
    ...{ updatedBy: null, publishedAt, isRevoked: false, tlp: null, tellsMarking: false },
  }));
};

describe("a comparison of very many", () => {
  it("of which none is left is written down in stretches, and nobody waits for the destination in between", async () => {
    const asked: { ids: number; gone: number }[] = [];
    const open = showing([], async (ids) => {
      await database.asOwner((client) => client.query("SELECT FROM destination FOR UPDATE NOWAIT"));
      asked.push({ ids: ids.length, gone: await countGone() });
    });

    expect(await reconcileConnector(sentinel.id, { signal, open })).toEqual({
      ...{ status: "compared", standing: 0, removed: COUNT, changed: 0, unlike: 0 },
    });

    expect(asked).toEqual([
      { ids: 5_000, gone: 0 },
      { ids: 100, gone: 5_000 },
    ]);
    expect(await countGone()).toBe(COUNT);
    const told = await database.asOwner((client) =>
      client.query<{ removed: number }>(
        `SELECT sum((detail->>'removed')::int)::int AS removed FROM audit_entry
         WHERE action = 'connector.drift' AND subject_id = $1`,
        [sentinel.id],
      ),
    );
    expect(told.rows).toEqual([{ removed: COUNT }]);
  });

  it("marks all that was not published again for too long, and forgets it once it was", async () => {
    const unpublished = () => count("remote_record", "unpublished_since IS NOT NULL");
    const compare = async (publishedAt: Date) =>
      reconcileConnector(sentinel.id, { signal, open: showing(await allShown(publishedAt)) });

    expect(await compare(new Date(Date.now() - 13 * DAY_MS))).toMatchObject({ standing: COUNT, changed: 0 });
    expect(await unpublished()).toBe(COUNT);

    expect(await compare(new Date())).toMatchObject({ standing: COUNT });
    expect(await unpublished()).toBe(0);
  });
});
