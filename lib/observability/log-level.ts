/** The level to log at; a blank one counts as unset, as for every other variable. */
export const logLevel = (source: Readonly<Record<string, string | undefined>>): string => {
  const level = source["LOG_LEVEL"]?.trim() ?? "";
  return level === "" ? "info" : level;
};
