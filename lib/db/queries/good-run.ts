/**
 * A run whose content is what is live, as a condition on rows of `feed_run` named so: it has been looked whether a value is missing.
 * One that only met again what is held, or was left by rollback, is none.
 */
export const goodRun = (run: string): string =>
  `(${run}.state = 'succeeded' OR (${run}.state = 'unchanged' AND ${run}.facts->>'isLive' IS DISTINCT FROM 'false'))`;
