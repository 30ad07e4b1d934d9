// `npm run lists:update -- <folder or https address of a misp-warninglists checkout> [--force] [--dry-run]`: writes the
// bundled allowlists anew and says what changed in each. Their heads (name, match, effect, types, what is left out) are
// edited by hand, their entries by this alone; the difference is reviewed like any other change before it is committed.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { explain, Fault } from "./lib/fault.mjs";
import { compareEntries, readBundled, toEntries, writeBundled } from "./lib/lists.mjs";
import { inProject } from "./lib/paths.mjs";
import { dim, done, fail, green, red, say, yellow } from "./lib/terminal.mjs";

/** @typedef {import("./lib/lists.mjs").Bundled} Bundled */

/** A list that loses more than this share of its entries is taken for a broken mirror. */
const MAX_SHRINK = 0.2;
const SHOWN = 5;
const MAX_BYTES = 20_000_000;

/** @param {string} mirror @param {string} upstream @returns {Promise<{ version: number, list: string[] }>} */
const readUpstream = async (mirror, upstream) => {
  const path = `lists/${upstream}/list.json`;
  const text = /^https?:\/\//.test(mirror)
    ? await download(`${mirror.replace(/\/$/, "")}/${path}`)
    : readFile(mirror, path);
  const parsed = JSON.parse(text);
  const list = Array.isArray(parsed.list) ? parsed.list : Object.keys(parsed.list ?? {});
  if (
    !Number.isSafeInteger(parsed.version) ||
    list.some((/** @type {unknown} */ entry) => typeof entry !== "string")
  )
    throw new Fault(`${upstream} has no version or no list of texts: this is no warninglist.`);
  return { version: parsed.version, list };
};

/** @param {string} folder @param {string} path */
const readFile = (folder, path) => {
  const file = join(folder, path);
  if (!existsSync(file))
    throw new Fault(`There is no ${file}.\nGive the folder that holds the folder lists.`);
  return readFileSync(file, "utf8");
};

/** @param {string} url */
const download = async (url) => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Fault(`${url} answered ${answer.status}.`);
  const text = await answer.text();
  if (text.length > MAX_BYTES) throw new Fault(`${url} is longer than ${MAX_BYTES} bytes.`);
  return text;
};

/** @param {string} mirror @param {Bundled} old */
const refresh = async (mirror, old) => {
  if (old.upstream === null)
    return {
      old,
      list: { ...old, entries: toEntries(old, old.entries).entries },
      note: "written by hand",
      isRefused: false,
    };
  const { version, list } = await readUpstream(mirror, old.upstream);
  if (version < old.version)
    return { old, list: old, note: `the mirror has the older version ${version}`, isRefused: false };
  const { entries, dropped } = toEntries(old, list);
  const isRefused = entries.length < old.entries.length * (1 - MAX_SHRINK);
  const note = dropped.length === 0 ? "" : `${dropped.length} of the source left out, such as ${dropped[0]}`;
  return { old, list: { ...old, version, entries }, note, isRefused };
};

/** @param {Awaited<ReturnType<typeof refresh>>} refreshed @param {boolean} isForced */
const tell = ({ old, list, note, isRefused }, isForced) => {
  const { added, removed } = compareEntries(old.entries, list.entries);
  const version = old.version === list.version ? `${list.version}` : `${old.version} → ${list.version}`;
  say(
    `  ${list.id.padEnd(28)} ${version}: ${list.entries.length} entries, ${green(`+${added.length}`)} ${red(`−${removed.length}`)}`,
  );
  for (const [sign, entries] of /** @type {const} */ ([
    ["+", added],
    ["−", removed],
  ])) {
    for (const entry of entries.slice(0, SHOWN)) say(dim(`      ${sign} ${entry}`));
    if (entries.length > SHOWN) say(dim(`      ${sign} and ${entries.length - SHOWN} more`));
  }
  if (note !== "") say(dim(`      ${note}`));
  if (isRefused)
    say(
      yellow(
        `      It would lose more than a fifth of its entries.${isForced ? "" : " --force takes it all the same."}`,
      ),
    );
};

try {
  const words = process.argv.slice(2);
  const options = words.filter((word) => word.startsWith("--"));
  const unknown = options.find((word) => word !== "--force" && word !== "--dry-run");
  if (unknown) throw new Fault(`There is no option ${unknown}.\nThe options are --force and --dry-run.`);
  const mirror = words.find((word) => !word.startsWith("--")) ?? process.env["LISTS_MIRROR"];
  if (!mirror)
    throw new Fault(
      "There is no mirror.\nGive the folder or the https address of a misp-warninglists checkout.",
    );
  const folder = process.env["LISTS_FOLDER"] ?? inProject("lib/domain/screening/bundled");
  const isForced = options.includes("--force");
  const refreshed = [];
  for (const old of readBundled(folder)) refreshed.push(await refresh(mirror, old));
  for (const one of refreshed) tell(one, isForced);
  const refused = refreshed.filter(({ isRefused }) => isRefused && !isForced);
  if (refused.length > 0)
    throw new Fault(
      `Nothing was written: ${refused.map(({ list }) => list.id).join(", ")} would shrink too far.\n` +
        "Look at the source; if the list really is so short now, run it again with --force.",
    );
  if (options.includes("--dry-run")) done("Nothing written", "--dry-run");
  else {
    writeBundled(
      folder,
      refreshed.map(({ list }) => list),
    );
    done("Written", "Review the difference before you commit it.");
  }
} catch (error) {
  fail(explain(error));
  process.exitCode = 1;
}
