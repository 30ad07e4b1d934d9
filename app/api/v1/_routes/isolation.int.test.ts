import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { roleGrants } from "@/lib/domain/access/permissions";
import { openApi, read, type ApiClient } from "@/lib/testing/api-client";
import * as contract from "@/lib/testing/api-contract";
import { connectorBody, pushNow, runNow } from "@/lib/testing/api-steps";
import { KINDS, nothing, TRIES, type Things, type Try } from "@/lib/testing/api-tries";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeSession, makeTeam, makeToken, makeUser } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { ROUTES } from ".";

// Team A has one of everything. Whoever has no part in it gets of each what they get of a thing that does not exist, by
// every route there is: one that is new fails until it is said here how it could be tried.
const database = useTestDatabase();
const as = openApi(ROUTES);
let sandbox: Sandbox;

const WORD = "zephyr";

const routes = ROUTES.map(({ definition }) => ({
  name: `${definition.method} ${definition.path}`,
  permission: definition.permission,
}));
const triesOf = (name: string, things: Things): Try[] => TRIES[name]?.(things) ?? [];

const call = (client: ApiClient, name: string, { address, body }: Try) => {
  if (name.startsWith("GET")) return client.get(address);
  if (name.startsWith("DELETE")) return client.remove(address);
  if (name.startsWith("PUT")) return client.put(address, body);
  return name.startsWith("PATCH") ? client.patch(address, body) : client.post(address, body);
};

let a: Things;
let ownerA: ApiClient;
/** An owner of Team B, and somebody who is that and a viewer of Team A. */
let stranger: ApiClient;
let guest: ApiClient;

/** Makes one of everything for Team A, every name and comment with the word in it, and one feed for Team B. */
const seed = async (): Promise<void> => {
  const [teamA, teamB] = [await makeTeam(`Team ${WORD}`), await makeTeam("Team B")];
  const [ada, ben, both] = [await makeUser({ name: `Ada ${WORD}` }), await makeUser(), await makeUser()];
  await addMember(teamA, ada, "owner");
  await addMember(teamA, both, "viewer");
  for (const user of [ben, both]) await addMember(teamB, user, "owner");
  [ownerA, stranger, guest] = [as(await makeToken(ada)), as(await makeToken(ben)), as(await makeToken(both))];
  const { slug: team } = teamA;
  const feedBody = {
    team,
    name: `Feed ${WORD}`,
    kind: "freetext",
    url: `${sandbox.url}/feeds/blocklist.txt`,
  };
  const { id: feed } = read(await ownerA.post("/feeds", feedBody), 201, contract.feed);
  read(await stranger.post("/feeds", { ...feedBody, name: "Feed of B", team: "team-b" }), 201, contract.feed);
  const { previewId } = read(await ownerA.post(`/feeds/${feed}/preview`, {}), 200, contract.preview);
  const { id: run } = await runNow(ownerA, feed);
  const local = { team, indicators: [{ value: `${WORD}.example.com`, comment: WORD }] };
  const { data } = read(await ownerA.post("/indicators", local), 200, contract.added);
  const connectorInput = { ...connectorBody(team, "defender", "TPI_TeamA"), name: `Defender ${WORD}` };
  const connector = read(await ownerA.post("/connectors", connectorInput), 201, contract.connector).id;
  const { push } = await pushNow(ownerA, connector);
  const drifted = [connector, `Changed outside: ${WORD}.`];
  const shown = {
    action: null,
    severity: null,
    expiresAt: null,
    title: WORD,
    description: WORD,
    by: null,
    at: null,
  };
  await database.asOwner(async (client) => {
    await client.query(
      `INSERT INTO stranger (connector_id, team_id, remote_id, type, value, shown, shown_hash, is_duplicate)
       SELECT id, team_id, '4711', NULL, $2, $3, '', false FROM connector WHERE id = $1`,
      [connector, WORD, JSON.stringify({ ...shown, stixId: null, externalId: null, madeAt: null })],
    );
    // Its application sees the whole tenant, and what others hold there.
    await client.query(
      `UPDATE destination d SET capacity = jsonb_build_object('limit', 15000, 'total', 1, 'foreign', 1, 'readAt', NULL,
         'readers', jsonb_build_array(c.client_id)) FROM connector c WHERE c.id = $1 AND d.id = c.destination_id`,
      [connector],
    );
    await client.query(
      `INSERT INTO foreign_record (destination_id, remote_id, key, type, value, maker_name, seen_at)
       SELECT destination_id, '4712', gen_random_uuid(), 5, $2, $2, now() FROM connector WHERE id = $1`,
      [connector, `foreign.${WORD}.example.com`],
    );
    await client.query(
      `INSERT INTO record_override (connector_id, indicator_id, team_id, absent, reason, decided_by, decided_by_name)
       SELECT k.id, t.indicator_id, k.team_id, true, $2, $3, $2 FROM connector k
       JOIN team_indicator t ON t.team_id = k.team_id WHERE k.id = $1 ORDER BY t.indicator_id LIMIT 1`,
      [connector, WORD, ada.id],
    );
  });
  await database.asOwner((client) =>
    client.query("UPDATE receipt SET drift = $2 WHERE connector_id = $1", drifted),
  );
  const letThrough = { indicatorId: data[0]?.id, reason: WORD };
  await ownerA.post(`/connectors/${connector}/let-through`, letThrough);
  const { planId } = read(await ownerA.get(`/pushes/${push.id}`), 200, z.object({ planId: z.uuid() }));
  const withheld = read(await ownerA.post("/withheld", { team, feed, reason: WORD }), 201, contract.made).id;
  const list = { team, name: `List ${WORD}`, match: "hostname", effect: "warn" };
  const allowlist = read(await ownerA.post("/allowlists", list), 201, contract.made).id;
  const entry = { value: `${WORD}.example.net`, comment: WORD };
  read(await ownerA.post(`/allowlists/${allowlist}/entries`, entry), 201, contract.made);
  const recallInput = { team, value: `${WORD}.example.org`, reason: WORD };
  const recall = read(await ownerA.post("/recalls", recallInput), 201, contract.made).id;
  read(await ownerA.patch(`/teams/${team}/rules`, { secondPerson: "all" }), 200, z.object({}));
  const waiting = { team, indicators: [{ value: `waiting.${WORD}.example.com`, comment: WORD }] };
  const proposal = read(await ownerA.post("/indicators", waiting), 202, contract.proposed).proposal.id;
  read(await ownerA.patch(`/teams/${team}/rules`, { secondPerson: "off" }), 200, z.object({}));
  const bulkInput = {
    ...{ team, selection: { filter: { q: "nothing-of-it" } } },
    change: { action: "withdraw", reason: WORD },
  };
  const bulkChange = read(await ownerA.post("/bulk-changes", bulkInput), 202, contract.made).id;
  const viewInput = { team, name: `View ${WORD}`, shared: true };
  const view = read(await ownerA.post("/views", viewInput), 201, contract.made).id;
  const guestInput = { email: `${WORD}@example.test`, role: "viewer" };
  const invitation = read(await ownerA.post(`/teams/${team}/invitations`, guestInput), 201, contract.made).id;
  const tokens = read(await ownerA.get("/tokens"), 200, contract.page(contract.made));
  a = {
    ...{ slug: team, feed, run, connector, plan: planId, push: push.id, preview: previewId, invitation },
    ...{ user: ada.id, token: tokens.data[0]?.id ?? "", session: await makeSession(ada) },
    ...{ indicator: data[0]?.id ?? "", allowlist, recall, bulkChange, view, proposal, withheld },
  };
};

/** A digest of every row that is Team A's or one of its people's. */
const digestOfTeamA = (): Promise<Record<string, string>> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ name: string; key: string }>(
      `SELECT c.relname AS name, CASE WHEN c.relname = 'team' THEN 'id' ELSE 'team_id' END AS key
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'public' AND c.relkind = 'r' AND (c.relname = 'team' OR EXISTS (
         SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'team_id')) ORDER BY 1`,
    );
    const digests: Record<string, string> = {};
    for (const { name, key } of rows) {
      const { rows: found } = await client.query<{ digest: string }>(
        `SELECT md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) AS digest FROM ${name} t
         WHERE ${key} = (SELECT id FROM team WHERE slug = $1)
         -- That a file was taken is written down, though nothing changed.
         ${name === "audit_entry" ? "AND action NOT IN ('plan.export', 'connector.export')" : ""}`,
        [a.slug],
      );
      digests[name] = found[0]?.digest ?? "";
    }
    const people = await client.query<{ text: string }>(
      `SELECT u::text || (SELECT count(*) FROM session s WHERE s.user_id = u.id AND s.revoked_at IS NULL)
         || (SELECT count(*) FROM api_token k WHERE k.user_id = u.id AND k.revoked_at IS NULL) AS text
       FROM app_user u WHERE u.id = $1`,
      [a.user],
    );
    return { ...digests, app_user: people.rows[0]?.text ?? "" };
  });

let before: Record<string, string>;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  await seed();
  before = await digestOfTeamA();
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});

/** What an answer holds of Team A. */
const findTraces = (text: string): string[] => {
  const { slug, ...ids } = a;
  return [WORD, slug, ...Object.values(ids)].filter((trace) => text.includes(trace));
};

/** What a problem says, but for the request's own id; nothing for what is none. */
const wordsOf = (text: string): unknown => {
  const { data } = contract.problem.safeParse(text === "" ? null : JSON.parse(text));
  return data && { type: data.type, detail: data.detail };
};

describe("what Team A has", () => {
  it("can be tried by every route", () => {
    expect(Object.keys(TRIES).sort()).toEqual(routes.map(({ name }) => name).sort());
    expect(KINDS.filter((kind) => a[kind] === "")).toEqual([]);
  });

  const reading = routes.filter(({ name }) => name.startsWith("GET"));
  it.each(reading)("$name shows it to its owner", async ({ name }) => {
    const tries = triesOf(name, a).filter(({ of }) => of === "hidden");
    // Of capacity, budgets, removals and comparisons there are numbers only, of rows the source’s own text, of others’ feeds nothing yet, of lists
    // that come with the product, of rules, and of credentials, nothing of the team, of a change or an
    // overlap that no worker began nothing, and nothing was changed at Microsoft.
    const names =
      !/capacity|budget|removal|credentials|rejections|values|compare|shared|subscriptions|bundled|rules|overlap|bulk-changes.*items/.test(
        name,
      );
    for (const one of tries) {
      const { status, text } = await call(ownerA, name, one);
      const isNamed = findTraces(text).length > 0;
      expect({ [one.address]: { status, isNamed } }).toEqual({
        [one.address]: { status: 200, isNamed: names },
      });
    }
  });

  it.each(routes)("$name tells nothing of it to another team's owner", async ({ name }) => {
    const unknown = triesOf(name, nothing());
    for (const [index, one] of triesOf(name, a).entries()) {
      const { status, text } = await call(stranger, name, one);
      const told = { status: status < 300 ? "done" : status, traces: findTraces(text) };
      const expected = { own: "done", refused: 403, hidden: 404, astray: 404 }[one.of];
      expect({ [one.address]: told }).toEqual({ [one.address]: { status: expected, traces: [] } });
      // A foreign thing and one that does not exist are the same answer.
      const other = await call(stranger, name, unknown[index] ?? one);
      expect({ [one.address]: wordsOf(other.text) }).toEqual({ [one.address]: wordsOf(text) });
    }
  });

  it.each(routes)("$name does to it what a viewer may, whoever is owner elsewhere", async (route) => {
    for (const one of triesOf(route.name, a)) {
      if (one.of === "own") continue;
      const mayDo = route.name.startsWith("GET") && roleGrants("viewer", route.permission);
      const expected = one.of === "astray" ? 404 : one.of === "refused" ? 403 : mayDo ? 200 : 403;
      const { status } = await call(guest, route.name, one);
      expect({ [one.address]: status }).toEqual({ [one.address]: expected });
    }
  });

  it("stands as it stood", async () => {
    expect(await digestOfTeamA()).toEqual(before);
  });
});
