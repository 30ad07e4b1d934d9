import { randomBytes } from "node:crypto";

export type Said = {
  /** Where it was said: `POST /tokens`, `log of the web`, `bullmq.job` … */
  place: string;
  text: string;
};

/** Secrets with names of their own, so that a finding says which one leaked, and where. */
export const openCage = () => {
  const secrets = new Map<string, { text: string; shownBy: string | null }>();

  /** Watches for a secret from now on. `shownBy` is the one call whose answer holds it, once. */
  const keep = (name: string, text: string, { shownBy = null }: { shownBy?: string | null } = {}): string => {
    if (text.length < 8) throw new Error(`“${name}” is too short to be told from other text.`);
    secrets.set(name, { text, shownBy });
    return text;
  };

  return {
    keep,
    /** A secret that stands nowhere else. */
    make: (name: string): string =>
      keep(name, `canary-${name.replaceAll(" ", "-")}-${randomBytes(9).toString("hex")}`),
    names: (): string[] => [...secrets.keys()],
    /** Every secret in every dress it might leave in. */
    needles: (): string[] => [...secrets.values()].flatMap(({ text }) => dresses(text)),
    nameOf: (needle: string): string =>
      [...secrets].find(([, { text }]) => dresses(text).includes(needle))?.[0] ?? "",
    /** What was said of the secrets, but for the first answer that may show one. */
    findIn: (said: readonly Said[]): string[] =>
      [...secrets].flatMap(([name, { text, shownBy }]) => {
        const places = said
          .filter((one) => dresses(text).some((dress) => one.text.includes(dress)))
          .map(({ place }) => place);
        const shown = shownBy === null ? -1 : places.indexOf(shownBy);
        return places.filter((_, index) => index !== shown).map((place) => `${name}: ${place}`);
      }),
    /** The secrets that their one call did show. */
    shown: (said: readonly Said[]): string[] =>
      [...secrets].flatMap(([name, { text, shownBy }]) =>
        said.some((one) => one.place === shownBy && one.text.includes(text)) ? [name] : [],
      ),
  };
};

const dresses = (text: string): string[] => {
  const bytes = Buffer.from(text, "utf8");
  return [
    ...new Set([
      text,
      JSON.stringify(text).slice(1, -1),
      encodeURIComponent(text),
      bytes.toString("base64").replace(/=+$/, ""),
      bytes.toString("base64url"),
      bytes.toString("hex"),
    ]),
  ];
};
