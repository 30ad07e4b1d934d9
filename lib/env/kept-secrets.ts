import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The secret kept in `<dataDir>/<name>`, made on first use with mode 0600. Processes that start together agree on one:
 * a hard link appears whole or not at all, and only the first can make it.
 */
export const keepSecret = (dataDir: string, name: string, make: () => string): string => {
  const path = join(dataDir, name);
  const kept = readKept(path);
  if (kept !== undefined) return kept;

  mkdirSync(dataDir, { recursive: true });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(draft, `${make()}\n`, { mode: 0o600, flag: "wx", flush: true });
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(path, "utf8").trim();
};

export const makeAuthSecret = (): string => randomBytes(32).toString("base64url");
export const makeEncryptionKeys = (): string => `k1:${randomBytes(32).toString("base64")}`;

const readKept = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
};

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
