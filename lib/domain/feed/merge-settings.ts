import { AppError } from "../errors";
import { mergeJson } from "../merge-json";
import { feedSettingsSchema, SETTINGS_FIELDS, type FeedPatch, type FeedSettings } from "./feed";

/**
 * Settings as they will be: what a patch leaves out stays, of objects too. Throws `invalid_input` where what comes of it cannot be, as a
 * column by its name in a list without a header row.
 */
export const mergeSettings = (before: FeedSettings, patch: FeedPatch): FeedSettings => {
  const merged = SETTINGS_FIELDS.filter((field) => patch[field] !== undefined).map(
    (field) => [field, mergeJson(before[field], patch[field])] as const,
  );
  const { data, error } = feedSettingsSchema.safeParse({ ...before, ...Object.fromEntries(merged) });
  if (data) return data;
  const fields = error.issues.map(({ path, message }) => ({
    pointer: `/${path.join("/")}`,
    detail: message,
  }));
  throw new AppError("invalid_input", fields.map(({ detail }) => detail).join(" "), { fields });
};
