import { randomUUID } from "node:crypto";

import type { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeTeam, makeUser, type TestTeam } from "@/lib/testing/people";

const { asOwner, asLogin } = useTestDatabase();

/** Tables without row-level security, each with why it may do without. A new table fails until it is on one side. */
const WITHOUT_POLICY: Record<string, string> = {
  indicator: "values carry no team; every read joins an attribution or a team's view that the reader may see",
  network_address:
    "which address is part of which network is a fact of no team; read beside a network of the team",
  outbox: "the application only adds; reading is the system role's",
  setting: "belongs to the installation; the application only reads",
  session: "no grant to the application",
  api_token: "no grant to the application",
  idempotency_key: "no grant to the application",
  rate_limit: "no grant to the application",
  remote_record: "no grant to the application",
  bucket: "no grant to the application",
  audit_seal: "no grant to the application",
  _prisma_migrations: "the ledger of migrations; read by the readiness check",
};

/** What the application may do with the tables above. */
const GRANTS: Record<string, string[]> = {
  indicator: ["INSERT", "SELECT"],
  network_address: ["INSERT", "SELECT"],
  outbox: ["INSERT"],
  setting: ["SELECT"],
  _prisma_migrations: ["SELECT"],
};

/** Who asks, where that counts. */
const PERSON = randomUUID();

type Table = { name: string; forced: boolean; teamColumn: "team_id" | "id" | null };

const listTables = (): Promise<Table[]> =>
  asOwner(async (client) => {
    const { rows } = await client.query<Table>(`
      SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
             CASE WHEN c.relname = 'team' THEN 'id'
                  WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'team_id') THEN 'team_id'
             END AS "teamColumn"
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1`);
    return rows;
  });

/** Puts a row into any table: what must have a value gets the plainest of its type. */
const fill = async (client: Client, table: Table, team: TestTeam): Promise<void> => {
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT a.attname AS name, CASE
       WHEN a.attname = $2 THEN quote_literal($3)
       -- What is one person's alone is this one's.
       WHEN a.attname = 'owner_id' THEN quote_literal($4)
       WHEN t.typtype = 'e' THEN quote_literal((SELECT enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY enumsortorder LIMIT 1))
       WHEN t.typcategory = 'A' THEN quote_literal('{}')
       WHEN t.typname = 'uuid' THEN 'gen_random_uuid()'
       WHEN t.typname = 'jsonb' THEN quote_literal('{}')
       WHEN t.typname = 'bytea' THEN quote_literal('\\x00')
       WHEN t.typname = 'timestamptz' THEN 'now()'
       WHEN t.typcategory = 'N' THEN '1'
       WHEN t.typcategory = 'B' THEN 'true'
       -- Text of which a CHECK takes a few words.
       WHEN a.attname = 'match' THEN quote_literal('string')
       WHEN a.attname = 'effect' THEN quote_literal('stop')
       WHEN a.attname = 'scope' THEN quote_literal('team')
       WHEN a.attname = 'kind' AND $1::text = 'credential' THEN quote_literal('secret')
       WHEN a.attname = 'kind' THEN quote_literal('value')
       WHEN a.attname = 'operation' AND t.typname = 'text' THEN quote_literal('add')
       ELSE 'gen_random_uuid()::text' END AS value
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
       AND (a.attname = $2 OR (a.attnotnull AND NOT a.atthasdef))`,
    [table.name, table.teamColumn, team.id, PERSON],
  );
  await client.query(
    `INSERT INTO ${table.name} (${rows.map(({ name }) => `"${name}"`).join(", ")})
     VALUES (${rows.map(({ value }) => value).join(", ")}) ON CONFLICT DO NOTHING`,
  );
};

/** Runs as the application does, in a transaction that is undone; a null scope is none at all. */
const inScope = <T>(
  scope: readonly string[] | null,
  run: (client: Client) => Promise<T>,
  person: string | null = PERSON,
): Promise<T> =>
  asLogin(async (client) => {
    await client.query("BEGIN");
    if (scope) await client.query("SELECT set_config('sluice.teams', $1, true)", [`{${scope.join(",")}}`]);
    await client.query("SELECT set_config('sluice.user', $1, true)", [person ?? ""]);
    const result = await run(client);
    await client.query("ROLLBACK");
    return result;
  });

const count = async (client: Client, table: Table, teamId: string): Promise<number> => {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table.name} WHERE ${table.teamColumn ?? ""}::text = $1`,
    [teamId],
  );
  return rows[0]?.count ?? 0;
};

/** Rows that a statement changed; none where the application may not even try. */
const countTouched = async (client: Client, statement: string): Promise<number> => {
  try {
    return (await client.query(statement)).rowCount ?? 0;
  } catch (error) {
    if (error instanceof Error && error.message.includes("permission denied")) return 0;
    throw error;
  }
};

let tables: Table[];
let teamTables: Table[];
let a: TestTeam;
let b: TestTeam;

beforeAll(async () => {
  tables = await listTables();
  teamTables = tables.filter(({ teamColumn }) => teamColumn !== null);
  a = await makeTeam();
  b = await makeTeam();
  await asOwner(async (client) => {
    // References are not what is looked at here, and would want half of the schema filled first.
    await client.query("SET session_replication_role = replica");
    for (const table of teamTables) await fill(client, table, a);
  });
});

describe("every table", () => {
  it("is either under forced row-level security or on the list of those that may do without", () => {
    const open = tables.filter(({ forced }) => !forced).map(({ name }) => name);
    expect(open).toEqual(open.filter((name) => name in WITHOUT_POLICY));
    const listedInVain = Object.keys(WITHOUT_POLICY).filter((name) =>
      tables.some((table) => table.name === name && table.forced),
    );
    expect(listedInVain).toEqual([]);
  });

  it("that names a team is under it", () => {
    expect(teamTables.length).toBeGreaterThan(18);
    expect(teamTables.filter(({ forced }) => !forced)).toEqual([]);
  });

  it("without a policy gives the application only what it needs", async () => {
    for (const name of Object.keys(WITHOUT_POLICY).filter((table) =>
      tables.some((other) => other.name === table),
    )) {
      const { rows } = await asOwner((client) =>
        client.query<{ privilege: string }>(
          `SELECT privilege_type AS privilege FROM information_schema.role_table_grants
           WHERE table_schema = 'public' AND table_name = $1 AND grantee IN ('sluice_app', 'PUBLIC') ORDER BY 1`,
          [name],
        ),
      );
      expect({ [name]: rows.map(({ privilege }) => privilege) }).toEqual({ [name]: GRANTS[name] ?? [] });
    }
  });
});

describe("the scope of a team", () => {
  it("reads its own rows in every table, and not one of another team", async () => {
    for (const table of teamTables) {
      expect({ [table.name]: await inScope([a.id], (client) => count(client, table, a.id)) }).toEqual({
        [table.name]: 1,
      });
      expect({ [table.name]: await inScope([b.id], (client) => count(client, table, a.id)) }).toEqual({
        [table.name]: 0,
      });
    }
  });

  it("sees nothing where none was set, where it is empty, and after its transaction", async () => {
    for (const table of teamTables) {
      expect(await inScope(null, (client) => count(client, table, a.id))).toBe(0);
      expect(await inScope([], (client) => count(client, table, a.id))).toBe(0);
    }
    const left = await asLogin(async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT set_config('sluice.teams', $1, true)", [`{${a.id}}`]);
      await client.query("COMMIT");
      const { rows } = await client.query<{ count: number }>("SELECT count(*)::int AS count FROM team");
      return rows[0]?.count;
    });
    expect(left).toBe(0);
  });

  it("changes and removes nothing of another team", async () => {
    for (const table of teamTables) {
      const statements = [
        `UPDATE ${table.name} SET ${table.teamColumn ?? ""} = ${table.teamColumn ?? ""}`,
        `DELETE FROM ${table.name}`,
      ];
      for (const statement of statements) {
        const touched = await inScope([b.id], (client) => countTouched(client, statement));
        // The team's own row of `team` may be updated; nothing else of B's exists here.
        const most = table.name === "team" ? 1 : 0;
        expect({ statement, isHarmless: touched <= most }).toEqual({ statement, isHarmless: true });
      }
    }
  });

  it("writes no row into another team, and moves none there", async () => {
    const feed = await asOwner(async (client) => {
      const { rows } = await client.query<{ id: string }>("SELECT id FROM feed WHERE team_id = $1", [a.id]);
      return rows[0]?.id ?? "";
    });
    await expect(
      inScope([a.id], (client) => client.query("UPDATE feed SET team_id = $1 WHERE id = $2", [b.id, feed])),
    ).rejects.toThrow("row-level security");
    await expect(
      inScope([b.id], (client) =>
        client.query("INSERT INTO membership (team_id, user_id, role) VALUES ($1, $2, 'owner')", [
          a.id,
          randomUUID(),
        ]),
      ),
    ).rejects.toThrow("row-level security");
  });
});

describe("what one person has in a team", () => {
  const ONE_PERSONS = ["saved_view", "list_preference"];

  it.each(ONE_PERSONS)("is nobody else's in it: %s", async (name) => {
    for (const person of [randomUUID(), null]) {
      const statements = [
        `SELECT FROM ${name}`,
        `UPDATE ${name} SET density = 'compact'`,
        `UPDATE ${name} SET owner_id = '${PERSON}'`,
        `DELETE FROM ${name}`,
      ];
      for (const statement of statements)
        expect(await inScope([a.id], (client) => countTouched(client, statement), person)).toBe(0);
    }
    expect(await inScope([a.id], (client) => countTouched(client, `DELETE FROM ${name}`))).toBe(1);
  });

  it("cannot be planted for somebody else, nor a shared view be taken away into somebody's own", async () => {
    const insert = (shared: boolean) =>
      `INSERT INTO saved_view (id, team_id, owner_id, name, query, shared, columns)
       VALUES (gen_random_uuid(), '${a.id}', '${randomUUID()}', 'X', '', ${String(shared)}, '{}')`;
    await expect(inScope([a.id], (client) => client.query(insert(false)))).rejects.toThrow(
      "row-level security",
    );
    await expect(
      inScope([a.id], async (client) => {
        await client.query(insert(true));
        await client.query("UPDATE saved_view SET shared = false WHERE name = 'X'");
      }),
    ).rejects.toThrow("row-level security");
  });
});

describe("people", () => {
  it("are seen by those who share a team with them; a password's hash by none of them", async () => {
    const [inA, inB] = [await makeUser({ password: "x" }), await makeUser({ password: "x" })];
    await addMember(a, inA, "owner");
    await addMember(b, inB, "owner");
    const seen = await inScope([a.id], async (client) => {
      const { rows } = await client.query<{ id: string }>("SELECT id FROM app_user WHERE id = ANY ($1)", [
        [inA.id, inB.id],
      ]);
      return rows.map(({ id }) => id);
    });

    expect(seen).toEqual([inA.id]);
    await expect(
      inScope([a.id], (client) => client.query("SELECT password_hash FROM app_user")),
    ).rejects.toThrow("permission denied");
  });
});

describe("the application's login", () => {
  it("owns nothing, bypasses nothing and takes the system role on purpose only", async () => {
    const { rows } = await asLogin((client) =>
      client.query(`
        SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
               (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'public' AND c.relowner = r.oid) AS owned
        FROM pg_roles r WHERE r.rolname = current_user`),
    );
    expect(rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, owned: 0 },
    ]);
    await expect(inScope([a.id], (client) => client.query("SELECT * FROM session"))).rejects.toThrow(
      "permission denied",
    );
  });

  it.each(["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"])(
    "cannot rewrite history, nor can the system role: %s",
    async (statement) => {
      await expect(inScope([a.id], (client) => client.query(statement))).rejects.toThrow("permission denied");
      await expect(
        inScope([a.id], async (client) => {
          await client.query("SET LOCAL ROLE sluice_system");
          await client.query(statement);
        }),
      ).rejects.toThrow("permission denied");
    },
  );
});
