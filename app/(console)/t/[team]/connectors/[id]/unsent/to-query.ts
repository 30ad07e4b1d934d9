/** What is asked for, as the end of an address. */
export const toQuery = (asked: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
};
