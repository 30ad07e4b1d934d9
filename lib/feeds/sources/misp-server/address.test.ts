import { describe, expect, it } from "vitest";

import { baseOf } from "./address";

describe("the address of a MISP server", () => {
  it.each([
    ["https://misp.example.com", "https://misp.example.com"],
    ["https://misp.example.com/", "https://misp.example.com"],
    ["https://misp.example.com//", "https://misp.example.com"],
    ["https://misp.example.com:8443/events/index", "https://misp.example.com:8443"],
    ["https://misp.example.com/events/view/12?x=1#top", "https://misp.example.com"],
    ["https://misp.example.com/attributes/restSearch", "https://misp.example.com"],
    ["https://misp.example.com/attributes/restSearch.json", "https://misp.example.com"],
    ["https://misp.example.com/servers/getVersion.json", "https://misp.example.com"],
    ["https://misp.example.com/users/login", "https://misp.example.com"],
    ["https://misp.example.com/users/view/me", "https://misp.example.com"],
    ["https://misp.example.com/dashboards", "https://misp.example.com"],
    ["https://example.com/misp/", "https://example.com/misp"],
    ["https://example.com/feeds/misp-server/events/index/", "https://example.com/feeds/misp-server"],
    ["https://example.com/events-platform", "https://example.com/events-platform"],
  ])("%s is the server %s", (address, base) => {
    expect(baseOf(address)).toBe(base);
  });
});
