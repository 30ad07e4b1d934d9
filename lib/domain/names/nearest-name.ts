/** The name that somebody most likely meant: one that begins alike, or differs by a slip of the hand; null where none is near. */
export const nearestName = <Name extends string>(written: string, names: readonly Name[]): Name | null => {
  const text = written.trim().toLowerCase();
  if (text === "") return null;
  const ranked = names
    .map((name) => ({ name, slips: countSlips(text, name.toLowerCase()) }))
    .toSorted((one, other) => one.slips - other.slips);
  const [best] = ranked;
  if (best && best.slips <= mostSlips(best.name)) return best.name;
  return names.find((name) => isBeginning(text, name.toLowerCase())) ?? null;
};

/** In a short word a single slip is much already. */
const mostSlips = (name: string): number => (name.length < 5 ? 1 : 2);

const SHORTEST_BEGINNING = 3;
const isBeginning = (text: string, name: string): boolean =>
  Math.min(text.length, name.length) >= SHORTEST_BEGINNING &&
  (name.startsWith(text) || text.startsWith(name));

/** How many letters have to be put in, left out, exchanged or swapped with their neighbour to make one of the other. */
const countSlips = (one: string, other: string): number => {
  const rows = [Array.from({ length: other.length + 1 }, (_, place) => place)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(one.length, other.length);
};
