import forge from "node-forge";

/** Many times what any tool asks for, and done within a second: stretching a password holds up the whole process. */
export const MAX_ROUNDS = 600_000;

export class TooManyRounds extends Error {}

/**
 * By how many rounds a file has a password stretched, in all: the numbers behind each salt, wherever one stands in the open. What is
 * itself encrypted is seen by `withinRounds` alone.
 */
export const countRounds = ({ value, type }: forge.asn1.Asn1): number => {
  if (typeof value === "string") return type === forge.asn1.Type.OCTETSTRING ? roundsWithin(value) : 0;
  const counts = value.map((inner, place) =>
    inner.type === forge.asn1.Type.INTEGER && value[place - 1]?.type === forge.asn1.Type.OCTETSTRING
      ? toNumber(inner.value)
      : countRounds(inner),
  );
  return counts.reduce((sum, count) => sum + count, 0);
};

/** A string of bytes often holds the next layer of the file; one that is encrypted or a salt holds none. */
const roundsWithin = (bytes: string): number => {
  let inner: forge.asn1.Asn1;
  try {
    inner = forge.asn1.fromDer(bytes);
  } catch {
    return 0;
  }
  return countRounds(inner);
};

const toNumber = (bytes: forge.asn1.Asn1["value"]): number =>
  typeof bytes === "string" ? Number(`0x${Buffer.from(bytes, "binary").toString("hex") || "0"}`) : Infinity;

type Stretch = (...args: unknown[]) => unknown;
type Place = { of: Record<string, Stretch>; name: string; rounds: number };

/**
 * Runs what opens a file, synchronously, and breaks it off with `TooManyRounds` where the layers that only show while they are opened
 * ask for more than `MAX_ROUNDS` in all. The library has no limit of its own; both of its ways to stretch a password are watched.
 */
export const withinRounds = <T>(run: () => T): T => {
  let spent = 0;
  // Which argument of each is the number of rounds.
  const places: Place[] = [
    { of: Reflect.get(forge, "pkcs5") as Record<string, Stretch>, name: "pbkdf2", rounds: 2 },
    { of: Reflect.get(forge, "pbe") as Record<string, Stretch>, name: "generatePkcs12Key", rounds: 3 },
  ];
  const originals = places.map(({ of, name }) => of[name]);
  for (const [index, { of, name, rounds }] of places.entries()) {
    const original = originals[index];
    if (original === undefined) throw new Error(`node-forge has changed: it has no ${name}.`);
    of[name] = (...args) => {
      spent += Number(args[rounds]);
      if (!(spent <= MAX_ROUNDS)) throw new TooManyRounds();
      return original(...args);
    };
  }
  try {
    return run();
  } finally {
    for (const [index, { of, name }] of places.entries()) {
      const original = originals[index];
      if (original !== undefined) of[name] = original;
    }
  }
};
