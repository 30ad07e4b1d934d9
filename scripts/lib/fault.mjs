/** A failure we anticipated: its message is the one line a person needs, and no stack is shown. */
export class Fault extends Error {
  /** @override */
  name = "Fault";
}

/**
 * @param {unknown} error
 * @returns {string} what a person reads; a stack only where the failure is ours
 */
export const explain = (error) => {
  if (error instanceof Fault) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

/**
 * @param {unknown} error
 * @returns {string | undefined} the system's or the database's code
 */
export const codeOf = (error) =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
