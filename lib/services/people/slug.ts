import { z } from "zod";

const MAX_CHARACTERS = 40;

/** A team's name in addresses: lower-case letters, digits and single hyphens. Empty when the name holds none of them. */
export const toSlug = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_CHARACTERS)
    .replaceAll(/^-|-$/g, "");

export const slugSchema = z
  .string()
  .max(MAX_CHARACTERS)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "Use lower-case letters, digits and hyphens between them.");

/** The slug itself, or with the first number behind it that makes it free: `team-a`, `team-a-2`. */
export const freeSlug = (slug: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(slug)) return slug;
  for (let number = 2; ; number += 1) {
    const end = `-${String(number)}`;
    const numbered = slug.slice(0, MAX_CHARACTERS - end.length) + end;
    if (!taken.has(numbered)) return numbered;
  }
};
