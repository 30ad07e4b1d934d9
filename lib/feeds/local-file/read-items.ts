import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { jsonSettingsSchema } from "@/lib/domain/feed/json-settings";
import { detectJson } from "@/lib/feeds/formats/json/detect";
import { jsonFormat } from "@/lib/feeds/formats/json/parse";
import { isRecord, parseJson } from "@/lib/feeds/text/json";

import type { LocalFile, LocalFileRow } from "./contract";
import { findRoles, type Role } from "./names";
import { once } from "./once";
import { toRow } from "./to-row";

/** Reads a JSON document with a list of objects or of texts in it, by the names of their fields or by what stands in them. */
export const readItems = async (bytes: Uint8Array, text: string, now: Date): Promise<LocalFile> => {
  const found = detectJson(text.slice(0, MAX_SAMPLE_CHARS));
  if (found === null) return { format: "json", unit: "item", rows: [], notes: [] };
  const plain = found.found.map(({ path }) => path.replace(/\[\]$/, "")).filter((path) => PLAIN.test(path));
  const roles = findRoles(plain);
  const { value } = roles;
  const fields = Object.fromEntries(
    CLAIM_ROLES.flatMap((role) => {
      const path = roles[role] ?? (value === undefined ? found.fields[role] : undefined);
      return path === undefined ? [] : [[role, path]];
    }),
  );
  const json = jsonSettingsSchema.parse({
    isLines: found.isLines,
    list: found.list,
    value: value ?? found.value,
    fields,
  });
  const rows: LocalFileRow[] = [];
  const settings = { ...feedSettingsSchema.parse({}), json, now, acceptsBroken: true };
  for await (const batch of jsonFormat.parse(once(bytes), settings))
    for (const { line, raw, candidates } of batch) {
      const item = parseJson(raw);
      const object = item.ok && isRecord(item.value) ? item.value : null;
      for (const candidate of candidates) {
        // Of what is cut nobody can say which action it asks for.
        if (candidate.ok && !item.ok) rows.push({ line, text: candidate.value, reason: TOO_LONG });
        else rows.push(toRow(line, candidate, fieldsOf(object, roles), tagsOf(object, roles.tags)));
      }
    }
  return { format: "json", unit: found.isLines ? "line" : "item", rows, notes: [] };
};

const fieldsOf =
  (object: Readonly<Record<string, unknown>> | null, roles: Partial<Record<Role, string>>) =>
  (role: Role): string => {
    const name = roles[role];
    const value = name === undefined ? undefined : object?.[name];
    return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  };

/** A list's tags are whole, whatever is in them. */
const tagsOf = (
  object: Readonly<Record<string, unknown>> | null,
  name: string | undefined,
): readonly string[] | undefined => {
  const value = name === undefined ? undefined : object?.[name];
  if (!Array.isArray(value)) return undefined;
  return [...new Set(value.filter((tag): tag is string => typeof tag === "string" && tag.trim() !== ""))];
};

const PLAIN = /^[a-z_]\w*$/i;
const CLAIM_ROLES = ["type", "comment", "confidence", "tags", "tlp", "validUntil"] as const;
const MAX_SAMPLE_CHARS = 65_536;
const TOO_LONG = "The item has more than 4,000 characters. Leave out what is no part of the indicator.";
