import { tlpOfMarking } from "@/lib/domain/indicator/tlp-markings";
import { parseTlp, strictest, type Tlp } from "@/lib/domain/indicator/types";
import { isRecord } from "@/lib/feeds/text/json";

/** The TLP that a marking definition stands for, in either of its forms; undefined for a marking that is no TLP. */
export const tlpOfDefinition = (object: Readonly<Record<string, unknown>>): Tlp | undefined => {
  const { definition_type: type, definition, extensions, name } = object;
  if (type === "tlp" && isRecord(definition)) return tlpOf(definition["tlp"]);
  const extension = isRecord(extensions) ? extensions[TLP_2_EXTENSION] : undefined;
  if (isRecord(extension)) return tlpOf(extension["tlp_2_0"]);
  return typeof name === "string" && TLP_NAME.test(name) ? tlpOf(name) : undefined;
};

/** The strictest TLP among references to markings, by what the source defines and by the ids that everybody knows. */
export const strictestOf = (
  references: readonly string[],
  defined: ReadonlyMap<string, Tlp>,
): Tlp | undefined => {
  let found: Tlp | undefined;
  for (const reference of references) {
    const tlp = tlpOfMarking(reference) ?? defined.get(reference);
    if (tlp !== undefined) found = found === undefined ? tlp : strictest(found, tlp);
  }
  return found;
};

// A TLP that nobody knows is amber, as in a cell of a list: never less than nothing said.
const tlpOf = (text: unknown): Tlp | undefined =>
  typeof text === "string" ? (parseTlp(text) ?? "amber") : undefined;

/** The marking of each TLP, as OASIS publishes them for TLP 2.0. */
export const TLP_MARKINGS: readonly { tlp: Tlp; object: Record<string, unknown> & { id: string } }[] = (
  [
    ["clear", "94868c89-83c2-464b-929b-a1a8aa3c8487"],
    ["green", "bab4a63c-aed9-4cf5-a766-dfca5abac2bb"],
    ["amber", "55d920b0-5e8b-4f79-9ee9-91f868d9b421"],
    ["amber+strict", "939a9414-2ddd-4d32-a0cd-375ea402b003"],
    ["red", "e828b379-4e03-4974-9ac4-e53a884c97c1"],
  ] as const
).map(([tlp, id]) => ({
  tlp,
  object: {
    type: "marking-definition",
    spec_version: "2.1",
    id: `marking-definition--${id}`,
    created: "2022-10-01T00:00:00.000Z",
    name: `TLP:${tlp.toUpperCase()}`,
    extensions: {
      "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
        extension_type: "property-extension",
        tlp_2_0: tlp,
      },
    },
  },
}));

const TLP_NAME = /^tlp:/i;
const TLP_2_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
