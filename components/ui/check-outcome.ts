export type ShownCheck = { name: string; ok: boolean; detail: string; fix: string };

/** What one check came to: `to look at` passed, and yet there is something to do. */
export type Outcome = "passed" | "to look at" | "failed" | "not tried";

/** What each check of a test came to. The test ends with the first that fails. */
export const outcomesOf = (checks: readonly ShownCheck[]): Outcome[] => {
  const failed = checks.findIndex(({ ok }) => !ok);
  return checks.map(({ ok, fix }, place) => {
    if (ok) return fix === "" ? "passed" : "to look at";
    return place === failed ? "failed" : "not tried";
  });
};

type Said = { tone: "success" | "warning" | "danger"; title: string; why: string };

/** What a test came to. `lastAlone` is the name of a last check that can fail while all else works. */
export const sayOutcome = (checks: readonly ShownCheck[], lastAlone?: string): Said => {
  const outcomes = outcomesOf(checks);
  const failed = checks[outcomes.indexOf("failed")];
  if (failed) {
    const isLast = failed === checks.at(-1);
    const isAlone = isLast && failed.name === lastAlone;
    return {
      tone: "danger",
      ...(isAlone
        ? { title: `The check “${failed.name}” failed.`, why: "Those before it passed." }
        : {
            title: "The connection does not work yet.",
            why: isLast ? "See the failed check." : "See the failed check: the later ones depend on it.",
          }),
    };
  }
  const doubtful = checks[outcomes.indexOf("to look at")];
  return doubtful
    ? {
        tone: "warning",
        title: `The connection works; look at “${doubtful.name}”.`,
        why: "Every check passed.",
      }
    : { tone: "success", title: "The connection works.", why: "Every check passed." };
};
