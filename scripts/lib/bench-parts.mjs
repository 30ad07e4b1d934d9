import { readFileSync } from "node:fs";

import { Fault } from "./fault.mjs";
import { inProject } from "./paths.mjs";

/**
 * `set`: whether it is measured as usual, with `all` only, or where it is named alone. `hasOwnServer`: it puts a server of its own in
 * the sandbox's place, since the guard lets nothing else on this machine through.
 * @typedef {{ set: "usual" | "all" | "named", takesShare: boolean, hasOwnServer: boolean }} Part
 */
/** @type {Record<string, Part>} */
const PARTS = JSON.parse(readFileSync(inProject("bench/parts.json"), "utf8"));

/** @param {(part: Part) => boolean} isMeant */
const namesOf = (isMeant) =>
  Object.entries(PARTS)
    .filter(([, part]) => isMeant(part))
    .map(([name]) => name);

/** @param {string} text */
const isNumber = (text) => text.trim() !== "" && !Number.isNaN(Number(text));

/**
 * What was asked for on the command line: parts by name or `all`, none for the usual ones, and a share of their size. A word that is
 * neither is refused, before anything is started.
 * @param {readonly string[]} words
 */
export const chooseParts = (words) => {
  const [share = 1, ...more] = words.filter(isNumber).map(Number);
  const names = words.filter((word) => !isNumber(word));
  const unknown = names.find((name) => name !== "all" && !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) throw new Fault(`There is no part "${unknown}".\n${USAGE}`);
  if (more.length > 0 || !(share > 0 && share <= 1))
    throw new Fault(`A share is one number above 0 and at most 1.\n${USAGE}`);
  const chosen = namesOf(({ set }) => set === "usual" || (set === "all" && names.includes("all")));
  const wanted = names.length === 0 || names.includes("all") ? [...chosen, ...names] : names;
  const parts = Object.entries(PARTS)
    .filter(([name]) => wanted.includes(name))
    .map(([name, part]) => ({ name, ...part }));
  const whole = parts.find(({ takesShare }) => !takesShare);
  if (share < 1 && whole) throw new Fault(`"${whole.name}" is measured whole: it takes no share.\n${USAGE}`);
  return { parts, share };
};

const USAGE = [
  "Usage: npm run bench [-- [all | <part>…] [<share, such as 0.1>]]",
  `Without a name: ${namesOf(({ set }) => set === "usual").join(", ")}`,
  `With "all" also: ${namesOf(({ set }) => set === "all").join(", ")}`,
  `Only by name: ${namesOf(({ set }) => set === "named").join(", ")}`,
  `With a share: ${namesOf(({ takesShare }) => takesShare).join(", ")}`,
].join("\n");
