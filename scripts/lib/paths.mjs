import { fileURLToPath, pathToFileURL } from "node:url";

/** The project's own directory, with a trailing slash. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The flag that makes a node child end itself when its launcher is gone, however that died. */
export const LIFELINE = `--import=${new URL("./lifeline.mjs", import.meta.url).href}`;

/**
 * @param {string} path below the project's directory
 * @returns {string} an absolute path
 */
export const inProject = (path) => fileURLToPath(new URL(path, pathToFileURL(ROOT)));
