/** A person as what they did is recorded: `Ada Lovelace <ada@team-a.example>`, or by the name alone. */
export type Person = { name: string; email: string | null };

const RECORDED = /^(.*\S) <([^<>\s@]+@[^<>\s@]+)>$/;

/** Takes a recorded person apart; what has no address is a name. */
export const readPerson = (recorded: string): Person => {
  const [, name = recorded, email = null] = RECORDED.exec(recorded) ?? [];
  return { name, email };
};

/** How people are called in a sentence: by their names, without the addresses that are recorded with them. */
export const namesOnly = (text: string): string => text.replaceAll(ADDRESS, "");

const ADDRESS = / <[^<>\s@]+@[^<>\s@]+>/g;
