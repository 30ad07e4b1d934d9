/**
 * What one look found. Only `wrong` makes the doctor fail; `note` is worth knowing.
 * @typedef {{ state: "good" | "note" | "wrong", name: string, detail: string, fix?: string }} Finding
 */

/** @param {string} name @param {string} detail @returns {Finding} */
export const good = (name, detail) => ({ state: "good", name, detail });

/** @param {string} name @param {string} detail @param {string} fix @returns {Finding} */
export const note = (name, detail, fix) => ({ state: "note", name, detail, fix });

/** @param {string} name @param {string} detail @param {string} fix @returns {Finding} */
export const wrong = (name, detail, fix) => ({ state: "wrong", name, detail, fix });
