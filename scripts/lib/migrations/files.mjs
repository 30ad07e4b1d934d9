import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { inProject } from "../paths.mjs";

const SCHEMA = inProject("prisma/schema");
const MIGRATIONS = inProject("prisma/migrations");
// The schema as the newest migration carries it, all files in one: what the next migration is compared with.
const SNAPSHOT = join(MIGRATIONS, "schema.snapshot");
const LOCK_FILE = "migration_lock.toml";
const LOCK_TEXT = 'provider = "postgresql"\n';

/** @typedef {{ path: string, content: string }} SchemaFile */

/** @returns {SchemaFile[]} the files of prisma/schema, in one order everywhere */
export const readSchema = () =>
  readdirSync(SCHEMA)
    .filter((name) => name.endsWith(".prisma"))
    .sort()
    .map((name) => ({ path: `prisma/schema/${name}`, content: readFileSync(join(SCHEMA, name), "utf8") }));

/** @returns {SchemaFile | undefined} */
export const readSnapshot = () =>
  existsSync(SNAPSHOT) ? { path: "schema.snapshot", content: readFileSync(SNAPSHOT, "utf8") } : undefined;

/** Notes that the migrations now carry the whole schema. */
export const writeSnapshot = () => {
  writeFileSync(
    SNAPSHOT,
    readSchema()
      .map(({ content }) => content)
      .join("\n"),
  );
  writeFileSync(join(MIGRATIONS, LOCK_FILE), LOCK_TEXT);
};

/**
 * @param {string} name
 * @param {string} sql
 * @returns {string} the new migration's folder
 */
export const writeMigration = (name, sql) => {
  const folder = `${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}_${name}`;
  mkdirSync(join(MIGRATIONS, folder), { recursive: true });
  writeFileSync(join(MIGRATIONS, folder, "migration.sql"), sql);
  return folder;
};

/** @returns {{ name: string, sql: string, checksum: string }[]} in the order they apply; the checksum is Prisma's */
export const readMigrations = () =>
  readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(MIGRATIONS, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });

/** The folder as Prisma's engine wants to be given it. */
export const migrationList = () => ({
  baseDir: MIGRATIONS,
  lockfile: { path: LOCK_FILE, content: LOCK_TEXT },
  shadowDbInitScript: "",
  migrationDirectories: readMigrations().map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: "migration.sql", content: { tag: /** @type {const} */ ("ok"), value: sql } },
  })),
});
