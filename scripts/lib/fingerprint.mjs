import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "./paths.mjs";

/**
 * One hash over the contents of files and directories: what is the same builds the same, whatever its dates say.
 * @param {readonly string[]} paths below the project; those that do not exist count as absent
 * @param {(path: string) => boolean} [isWanted]
 * @returns {string}
 */
export const fingerprint = (paths, isWanted = () => true) => {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((start) => filesBelow(start)).filter(isWanted)) {
    const content = readFileSync(join(ROOT, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
};

/** @param {string} path @returns {string[]} in one order everywhere */
const filesBelow = (path) => {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [path];
  return readdirSync(absolute)
    .sort()
    .flatMap((name) => filesBelow(`${path}/${name}`));
};
