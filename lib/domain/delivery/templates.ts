import { z } from "zod";

import { nearestName } from "@/lib/domain/names/nearest-name";

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
      for (const { message } of findTemplateFaults(text)) context.addIssue({ code: "custom", message });
    });

/** A part of a template that stands for nothing: where it begins, and what is wrong with it. */
export type TemplateFault = { at: number; text: string; message: string };

/** The unknown placeholders of a template in their order, and the first brace that belongs to no other. */
export const findTemplateFaults = (text: string): TemplateFault[] => {
  const faults: TemplateFault[] = [...text.matchAll(BRACED)].flatMap(({ 0: whole, 1: name = "", index }) =>
    isPlaceholder(name) ? [] : [{ at: index, text: whole, message: sayUnknown(whole, name) }],
  );
  const at = text.replaceAll(BRACED, (whole) => " ".repeat(whole.length)).search(/[{}]/);
  if (at !== -1) faults.push({ at, text: text.charAt(at), message: sayLoneBrace(text, at) });
  return faults.toSorted((one, other) => one.at - other.at);
};

const sayUnknown = (whole: string, name: string): string => {
  const meant = nearestName(name, PLACEHOLDER_NAMES);
  return `${whole} is unknown. ${meant === null ? `There are ${NAMES}.` : `Did you mean {${meant}}?`}`;
};

/** Told by what stands before it. */
const sayLoneBrace = (text: string, at: number): string => {
  const before = text.slice(Math.max(0, at - SHOWN_BEFORE), at).trim();
  const where = before === "" ? "at the beginning" : `after “${before}”`;
  return `The brace ${text.charAt(at)} ${where} has no partner. Write placeholders like {team}.`;
};

const SHOWN_BEFORE = 16;

const PLACEHOLDER_NAMES = Object.keys(PLACEHOLDERS).filter(isPlaceholder);
const NAMES = PLACEHOLDER_NAMES.map((name) => `{${name}}`).join(" ");

/** The title must say whose it is: a colleague reads it in an alert. */
export const titleTemplateSchema = template(200).refine((text) => text.includes("{team}"), {
  message: "Keep {team} in the title: whoever reads an alert has to see whose indicator it is.",
});
export const descriptionTemplateSchema = template(1_000);
