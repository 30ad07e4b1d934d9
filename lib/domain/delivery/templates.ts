import { z } from "zod";

/** What a template may name, with what each stands for. */
export const PLACEHOLDERS = {
  team: "the team; with several the one that wanted it first",
  teams: "all teams that want it, by commas",
  others: "“+2” where two more teams want it, else nothing",
  feeds: "the feeds that may be named, by commas",
  type: "the type of the indicator",
  confidence: "how sure its sources are, 0 to 100",
  threat: "the sources’ threat types",
  comment: "the sources’ own words",
  network: "the network that an address came with, where it was sent as one of its addresses",
  tags: "its tags, by commas",
  link: "the address of its trace in Sluice",
} as const;
export type Placeholder = keyof typeof PLACEHOLDERS;
export type TemplateValues = Readonly<Record<Placeholder, string>>;

/** How a connector words its records; null: as everywhere. */
export type Templates = { title: string | null; description: string | null };

/** How the usual texts would be written, where a record holds something of everything; they leave out a sentence that has nothing to say. */
export const USUAL_TEMPLATES = {
  title: "[{team} {others}] {feeds} · {type} · {confidence}",
  description: "{threat}: {comment}. Feeds: {feeds}. Teams: {teams}. {link}",
} as const satisfies Templates;

const BRACED = /\{([^{}]*)\}/g;
const isPlaceholder = (name: string): name is Placeholder => Object.hasOwn(PLACEHOLDERS, name);

/** The text with every placeholder filled in, once: what a source says is never taken for a placeholder. Gaps are closed. */
export const fillTemplate = (template: string, values: TemplateValues): string =>
  closeGaps(
    template.replaceAll(BRACED, (whole, name: string) => (isPlaceholder(name) ? values[name] : whole)),
  );

// Nothing is left of a bracket or a separator around what is empty.
const closeGaps = (text: string): string =>
  text
    .replaceAll(/\[\s*\]|\(\s*\)/g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/(?: [·|–] ?)+(?= [·|–] )/g, "")
    .replaceAll(/^[\s·|–,:]+|[\s·|–,:]+$/g, "")
    .replaceAll(/ +([\].,:;)])/g, "$1");

const template = (maxCharacters: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxCharacters, `Use at most ${String(maxCharacters)} characters.`)
    .superRefine((text, context) => {
      const unknown = [...text.matchAll(BRACED)].map(([whole, name = ""]) => ({ whole, name }));
      for (const { whole, name } of unknown)
        if (!isPlaceholder(name))
          context.addIssue({ code: "custom", message: `${whole} is unknown. There are ${NAMES}.` });
      const lone = describeLoneBrace(text);
      if (lone !== null)
        context.addIssue({
          code: "custom",
          message: `${lone} has no partner. Write placeholders like {team}.`,
        });
    });

/** The first brace that belongs to no other, told by what stands before it; null where there is none. */
const describeLoneBrace = (text: string): string | null => {
  const at = text.replaceAll(BRACED, (whole) => " ".repeat(whole.length)).search(/[{}]/);
  if (at === -1) return null;
  const before = text.slice(Math.max(0, at - SHOWN_BEFORE), at).trim();
  return `The brace ${text.charAt(at)} ${before === "" ? "at the beginning" : `after “${before}”`}`;
};

const SHOWN_BEFORE = 16;

const NAMES = Object.keys(PLACEHOLDERS)
  .map((name) => `{${name}}`)
  .join(" ");

/** The title must say whose it is: a colleague reads it in an alert. */
export const titleTemplateSchema = template(200).refine((text) => text.includes("{team}"), {
  message: "Keep {team} in the title: whoever reads an alert has to see whose indicator it is.",
});
export const descriptionTemplateSchema = template(1_000);
