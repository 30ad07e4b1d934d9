import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { checkEntry } from "../../lib/domain/screening/entry";

/**
 * @typedef {{ id: string, name: string, source: string, licence: string, version: number, upstream: string | null,
 *   match: import("../../lib/domain/screening/allowlist").AllowlistMatch, defaultEffect: string, types: string[] | null,
 *   leftOut?: string[], entries: string[] }} Bundled `leftOut`: what of the source would shield strangers' content
 */

/** @param {string} folder @returns {Bundled[]} in the order of their names */
export const readBundled = (folder) =>
  readdirSync(join(folder, "lists"))
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({
      id: file.slice(0, -".json".length),
      ...JSON.parse(readFileSync(join(folder, "lists", file), "utf8")),
    }));

/**
 * What the matcher reads, of what the source wrote: canonical, each once, in one order, so that a difference shows only
 * what changed.
 * @param {Bundled} list @param {readonly string[]} written
 */
export const toEntries = ({ match, leftOut = [] }, written) => {
  const unwanted = new Set(leftOut);
  /** @type {Set<string>} */
  const entries = new Set();
  /** @type {string[]} */
  const dropped = [];
  for (const text of written) {
    // A leading dot means the names below, which a list of whole values cannot; the name itself it can.
    const entry = match === "string" ? text.replace(/^\*?\./, "") : text;
    // Without its path, the entry would shield a whole host.
    const isPage = match === "hostname" && /[^/]\/[^/]/.test(entry.replace(/^\w+:\/\//, ""));
    const checked = checkEntry(match, entry);
    if (checked.ok && !isPage && !unwanted.has(checked.value)) entries.add(checked.value);
    else dropped.push(text);
  }
  return { entries: [...entries].sort(byCode), dropped };
};

/** @param {readonly string[]} before @param {readonly string[]} after */
export const compareEntries = (before, after) => {
  const [old, young] = [new Set(before), new Set(after)];
  return {
    added: after.filter((entry) => !old.has(entry)),
    removed: before.filter((entry) => !young.has(entry)),
  };
};

/** Writes each list, and their heads in one file, as the formatter would. @param {string} folder @param {readonly Bundled[]} lists */
export const writeBundled = (folder, lists) => {
  mkdirSync(join(folder, "lists"), { recursive: true });
  for (const { id, ...list } of lists) writeFileSync(join(folder, "lists", `${id}.json`), toJson(list, ""));
  const heads = lists.map(({ id, name, source, licence, version, match, defaultEffect, types, entries }) => {
    return { id, name, source, licence, version, match, defaultEffect, types, count: entries.length };
  });
  const index = heads.map((head) => `  ${toJson(head, "  ").trimEnd()}`).join(",\n");
  writeFileSync(join(folder, "heads.json"), `[\n${index}\n]\n`);
};

/** @param {Record<string, unknown>} head @param {string} indent */
const toJson = (head, indent) => {
  const fields = Object.entries(head)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const start = `${indent}  ${JSON.stringify(key)}: `;
      const line = Array.isArray(value)
        ? `[${value.map((one) => JSON.stringify(one)).join(", ")}]`
        : JSON.stringify(value);
      if (!Array.isArray(value) || start.length + line.length + 1 <= LINE_CHARS) return start + line;
      return `${start}[\n${value.map((one) => `${indent}    ${JSON.stringify(one)}`).join(",\n")}\n${indent}  ]`;
    });
  return `{\n${fields.join(",\n")}\n${indent}}\n`;
};

/** The same on every machine, whatever its language. @param {string} one @param {string} other */
const byCode = (one, other) => (one < other ? -1 : Number(one > other));

const LINE_CHARS = 110;
