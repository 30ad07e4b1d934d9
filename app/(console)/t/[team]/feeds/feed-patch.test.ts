import { describe, expect, it } from "vitest";

import { feedCreateSchema, feedPatchSchema, feedSettingsSchema } from "@/lib/domain/feed/feed";
import { mergeSettings } from "@/lib/domain/feed/merge-settings";

import { toFeedPatch } from "./feed-patch";

const FORM = feedCreateSchema.parse({
  team: "team-a",
  kind: "csv",
  name: "List",
  url: "https://example.com/a",
});
const SAVED = { ...FORM, headerNames: [], authType: "none" };
const WITH_SECRETS = { ...SAVED, headerNames: ["X-Api-Key"], authType: "bearer" };

describe("what a form changes of a saved feed", () => {
  it("is nothing when the form says what is saved", () => {
    expect(toFeedPatch(SAVED, FORM, false)).toStrictEqual({});
  });

  it("names the changed fields and no others", () => {
    const form = { ...FORM, name: "Other", csv: { ...FORM.csv, header: true } };

    expect(toFeedPatch(SAVED, form, false)).toStrictEqual({ name: "Other", csv: { header: true } });
  });

  it("takes away what the form empties, and sets no default over what it leaves", () => {
    const saved = {
      ...SAVED,
      csv: { ...FORM.csv, columns: { comment: 2, tags: 3 } },
      expiryDaysByType: { ipv4: 7, url: 30 },
    };
    const form = {
      ...FORM,
      csv: { ...FORM.csv, columns: { tags: 4 } },
      expiryDaysByType: { url: 30 },
    };

    const patch = feedPatchSchema.parse(toFeedPatch(saved, form, false));

    expect(patch).toStrictEqual({
      csv: { columns: { comment: null, tags: 4 } },
      expiryDaysByType: { ipv4: null },
    });
    const settings = mergeSettings(feedSettingsSchema.parse(saved), patch);
    expect(settings).toMatchObject({ csv: form.csv, expiryDaysByType: form.expiryDaysByType });
    expect(settings.csv.columns).not.toHaveProperty("comment");
  });

  it("is no other file when the form names the one that the feed has", () => {
    const previewId = "3f0c0f0e-6c1c-4d43-9c7e-2f6d1f5b0a51";
    const form = { ...FORM, previewId };

    expect(toFeedPatch({ ...SAVED, previewId }, form, false)).toStrictEqual({});
    expect(toFeedPatch(SAVED, form, false)).toStrictEqual({ previewId });
  });

  it("leaves stored secrets alone when they are kept", () => {
    expect(toFeedPatch(WITH_SECRETS, FORM, true)).toStrictEqual({});
  });

  it("replaces sign-in and headers together, also by none", () => {
    expect(toFeedPatch(WITH_SECRETS, FORM, false)).toStrictEqual({ headers: {}, auth: { type: "none" } });
  });

  it("counts secrets that were entered as a change, whatever was there", () => {
    const form = { ...FORM, auth: { type: "bearer" as const, token: "seven" } };

    expect(toFeedPatch(SAVED, form, false)).toStrictEqual({ headers: {}, auth: form.auth });
  });
});
