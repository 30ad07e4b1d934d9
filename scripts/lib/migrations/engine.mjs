import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";

import { readSchema, readSnapshot } from "./files.mjs";

/** @typedef {import("@prisma/driver-adapter-utils").SqlMigrationAwareDriverAdapterFactory} Factory */
/** @typedef {import("@prisma/driver-adapter-utils").SqlDriverAdapter} Adapter */

/** Nothing is kept out of sight of the engine. */
export const FILTERS = { externalTables: [], externalEnums: [] };

/**
 * Prisma's own migration engine as WebAssembly: nothing is downloaded, and it keeps the same ledger as
 * `prisma migrate deploy`, so that either may follow the other.
 * @param {string} connectionString
 */
export const openEngine = (connectionString) => start(runWholeScripts(new PrismaPg({ connectionString })));

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
 * The adapter cuts a script at each semicolon, which breaks functions and DO blocks. Sent whole, PostgreSQL runs it as
 * one transaction: a migration is applied whole or not at all.
 * @param {PrismaPg} factory
 * @returns {Factory}
 */
const runWholeScripts = (factory) => {
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    adapter.executeScript = async (script) => {
      await adapter.underlyingDriver().query(script);
    };
    return adapter;
  };
  return factory;
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
