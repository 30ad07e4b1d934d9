import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { Pool } from "pg";

import { readSchema, readSnapshot } from "./files.mjs";

/** @typedef {import("@prisma/driver-adapter-utils").SqlMigrationAwareDriverAdapterFactory} Factory */

/** Nothing is kept out of sight of the engine. */
export const FILTERS = { externalTables: [], externalEnums: [] };

/** How the sessions that apply migrations are known to the server. */
export const SCRIPT_SESSION = "sluice migration";

/** The engine notes that a migration is done after its commit; this, in the same transaction, cannot come apart from it. */
const NOTE_COMMITTED =
  "UPDATE _prisma_migrations SET logs = 'committed' WHERE finished_at IS NULL AND rolled_back_at IS NULL";

/**
 * Runs Prisma's own migration engine as WebAssembly: nothing is downloaded, and it keeps the same ledger as
 * `prisma migrate deploy`, so that either may follow the other. Throws what PostgreSQL said, where it was PostgreSQL.
 * @template T
 * @param {string} connectionString
 * @param {(engine: import("@prisma/schema-engine-wasm/schema_engine_bg").SchemaEngine) => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withEngine = async (connectionString, work) => {
  const pool = new Pool({
    connectionString,
    application_name: SCRIPT_SESSION,
    // Whoever is killed in the middle of a migration takes it along, instead of leaving the server to finish it.
    options: "-c client_connection_check_interval=500",
  });
  /** @type {unknown} */
  let refusal;
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    // The adapter cuts a script at each semicolon, which breaks functions and DO blocks. Sent whole, PostgreSQL runs it
    // as one transaction: a migration is applied whole or not at all.
    adapter.executeScript = async (script) => {
      await pool.query(`${script}\n;\n${NOTE_COMMITTED}`).catch((error) => {
        refusal = error;
        throw error;
      });
    };
    return adapter;
  };
  try {
    return await work(await start(factory));
  } catch (error) {
    throw refusal ?? error;
  } finally {
    await pool.end();
  }
};

/** What the schema has and no migration carries, as SQL; empty when nothing. Needs no database. */
export const findPendingSql = async () => {
  const engine = await start(withoutDatabase());
  const snapshot = readSnapshot();
  const { exitCode, stdout } = await engine.diff({
    from: snapshot ? { tag: "schemaDatamodel", files: [snapshot] } : { tag: "empty" },
    to: { tag: "schemaDatamodel", files: readSchema() },
    script: true,
    exitCode: true,
    filters: FILTERS,
  });
  return exitCode === 2 ? (stdout ?? "") : "";
};

/** @param {Factory} factory */
const start = (factory) => {
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const compiled = new WebAssembly.Module(readFileSync(entry.replace(/\.js$/, ".wasm")));
  const instance = new WebAssembly.Instance(
    compiled,
    /** @type {WebAssembly.Imports} */ ({ "./schema_engine_bg.js": bindings }),
  );
  bindings.__wbg_set_wasm(instance.exports);
  const begin = instance.exports["__wbindgen_start"];
  if (typeof begin === "function") begin();
  /** @type {[string, string][]} */
  const datamodels = readSchema().map(({ path, content }) => [path, content]);
  return bindings.SchemaEngine.new(
    { datamodels },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  );
};

/**
 * Stands in for a database where only two schemas are compared: the engine asks for the version and nothing else.
 * @returns {Factory}
 */
const withoutDatabase = () => {
  const factory = new PrismaPg({ connectionString: "postgresql://nobody@127.0.0.1:1/none" });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    adapter.queryRaw = async () => ({
      columnNames: ["exists", "version", "numeric_version"],
      columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
      rows: [[true, "PostgreSQL 18.0", 180_000]],
    });
    return adapter;
  };
  return factory;
};
