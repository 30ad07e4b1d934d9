import { scramVerifier } from "./scram.mjs";

export const SUPERUSER = "postgres";
export const OWNER = "sluice_owner";
export const APPLICATION = "sluice_login";
export const DATABASE = "sluice";

/**
 * Makes the owner and the database where missing. The owner may make roles, is no superuser and bypasses nothing; the
 * application's login is made by the migrations.
 * @param {{ port: number, passwords: { superuser: string, owner: string } }} home
 */
export const ensureOwner = async ({ port, passwords }) => {
  const { default: pg } = await import("pg");
  const superuser = { user: SUPERUSER, password: passwords.superuser, port, database: "postgres" };
  const client = new pg.Client({ connectionString: urlOf(superuser) });
  await client.connect();
  try {
    const has = async (/** @type {string} */ text, /** @type {string} */ name) =>
      (await client.query(text, [name])).rows.length > 0;
    if (!(await has("SELECT FROM pg_roles WHERE rolname = $1", OWNER)))
      await client.query(
        `CREATE ROLE ${OWNER} LOGIN CREATEROLE PASSWORD '${scramVerifier(passwords.owner)}'`,
      );
    if (!(await has("SELECT FROM pg_database WHERE datname = $1", DATABASE)))
      await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
  } finally {
    await client.end();
  }
};

/** @param {{ user: string, password: string, port: number, database: string }} options */
export const urlOf = ({ user, password, port, database }) =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
