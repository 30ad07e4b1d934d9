import { describe, expect, it } from "vitest";

import { readForm } from "@/lib/actions/read-form";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import type { FeedView } from "@/lib/services/feeds/feed-view";

import { feedFormSchema } from "./form-schema";
import { toFormValues } from "./form-values";

/** A feed without secrets as it is read from the store. */
const saved = (settings: Record<string, unknown>): FeedView => ({
  ...feedCreateSchema.parse({ team: "team-a", name: "List", url: "https://example.com/list", ...settings }),
  id: "3f0c0f0e-6c1c-4d43-9c7e-2f6d1f5b0a51",
  teamId: "7d5a2b0c-1f0e-4d9a-8f59-0f6a0c0b9f11",
  teamName: "Team A",
  nextRunAt: null,
  bodyId: null,
  sourceFeedId: null,
  sourceStoreOnly: false,
  liveGeneration: 0,
  createdAt: new Date(0),
  subscription: null,
  headerNames: [],
  authType: "none",
  auth: { type: "none" },
  headers: {},
});

/** The form as the browser sends it when nobody has touched it: an unticked box sends nothing, lines end as in any form. */
const untouched = (values: object): FormData => {
  const form = new FormData();
  const put = (name: string, value: unknown): void => {
    if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value)) put(name === "" ? key : `${name}.${key}`, inner);
    else if (value === true) form.append(name, "on");
    else if (typeof value === "string") form.append(name, value.replaceAll("\n", "\r\n"));
  };
  put("", { ...values, team: "team-a", "auth.type": "none" });
  return form;
};

describe("the form of a saved feed, sent as it is shown", () => {
  it.each([
    [
      "csv",
      { csv: { header: true, valueColumns: ["ioc", 3], delimiter: "\t" }, expiryDaysByType: { ipv4: 7 } },
    ],
    ["freetext", { tags: ['misp-galaxy:threat-actor="A, B"', "one, two", "three"], cron: "7 3 * * *" }],
    ["csv", { guards: { growthFactor: 0, typeMix: false }, staleAfterMinutes: 90, everyMinutes: null }],
    [
      "json",
      { json: { list: "data", value: "ioc", fields: { tags: "labels" } }, guards: { typeMix: false } },
    ],
    ["misp-feed", { misp: { publishedOnly: true, toIdsOnly: false, tags: { allow: ["a, b", "c"] } } }],
    ["misp-server", { misp: { filters: { threatlevel: 1 }, maxAgeDays: 30 } }],
    ["taxii", { taxii: { collection: "One, two", minConfidence: 60 }, tls: { isInsecure: true } }],
  ])("is the feed again: %s %j", (kind, settings) => {
    const feed = saved({ kind, ...settings });

    const { feed: sent } = feedFormSchema.parse(readForm(untouched(toFormValues(feed))));

    expect(feed).toMatchObject(sent);
  });
});
