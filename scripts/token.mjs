// `npm run token -- --email E --name N --scopes S [--days D]`: prints one API token on the last line of standard output.
// Works beside the running product, and without it.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { parseArgs } from "node:util";

import { explain, Fault } from "./lib/fault.mjs";
import { checkNode, ensurePackages } from "./lib/install.mjs";
import { ROOT } from "./lib/paths.mjs";
import { loadDotEnv, readSettings, serverEnv } from "./lib/settings.mjs";
import { fail } from "./lib/terminal.mjs";
import { TYPESCRIPT } from "./lib/typescript.mjs";
import { withDatabase } from "./lib/with-database.mjs";

const USAGE =
  "Usage: npm run token -- --email <user> --name <what for> --scopes <feed.read,…|*> [--days <1-365>]";

const readArgs = () => {
  const options = { email: TEXT, name: TEXT, scopes: TEXT, days: TEXT };
  try {
    const { email, name, scopes, days } = parseArgs({ options }).values;
    if (!email || !name || !scopes) throw new Fault(USAGE);
    return { email, name, scopes, days };
  } catch (error) {
    throw error instanceof Fault
      ? error
      : new Fault(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
};
const TEXT = { type: /** @type {const} */ ("string") };

try {
  const input = readArgs();
  checkNode();
  loadDotEnv();
  ensurePackages();
  const settings = readSettings();
  const made = await withDatabase({ settings, what: "npm run token" }, async (databaseUrl) =>
    spawnSync(process.execPath, [...TYPESCRIPT, "scripts/token.ts", JSON.stringify(input)], {
      cwd: ROOT,
      encoding: "utf8",
      env: serverEnv(settings, { databaseUrl, sandboxUrl: settings.sandboxUrl }),
    }),
  );
  if (made.status !== 0) throw new Fault(made.stderr.trim());
  process.stdout.write(`${made.stdout.trim()}\n`);
} catch (error) {
  fail(explain(error));
  process.exit(1);
}
