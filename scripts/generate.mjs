// `npm run generate`: writes Prisma's client from prisma/schema, offline, if the schema changed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { explain } from "./lib/fault.mjs";
import { ensureGenerated } from "./lib/generate.mjs";
import { checkNode, ensurePackages } from "./lib/install.mjs";
import { openLog } from "./lib/log-file.mjs";
import { done, fail } from "./lib/terminal.mjs";

const directory = mkdtempSync(join(tmpdir(), "sluice-generate-"));
try {
  checkNode();
  done("Packages", ensurePackages());
  done("Prisma client", await ensureGenerated({ log: openLog(join(directory, "generate.log")) }));
} catch (error) {
  fail(explain(error));
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
