import { describe, expect, it } from "vitest";

import { isCurrentPlace, samePlaceInTeam } from "./navigation";
import { parseTheme } from "./theme";

describe("the navigation", () => {
  it.each([
    ["/t/team-a/feeds", "/t/team-a/feeds", true],
    ["/t/team-a/feeds/0199", "/t/team-a/feeds", true],
    ["/t/team-a/feeds-2", "/t/team-a/feeds", false],
    ["/t/team-b/feeds", "/t/team-a/feeds", false],
  ])("on %s marks %s: %s", (pathname, href, expected) => {
    expect(isCurrentPlace(pathname, href)).toBe(expected);
  });

  it.each([
    ["/t/team-a/feeds/0199/runs/7", "/t/team-b/feeds"],
    ["/t/team-a/indicators", "/t/team-b/indicators"],
    ["/t/team-a", "/t/team-b/overview"],
    ["/t/team-a/", "/t/team-b/overview"],
    ["/admin/users", "/t/team-b/overview"],
  ])("from %s another team opens at %s", (pathname, expected) => {
    expect(samePlaceInTeam(pathname, "team-b")).toBe(expected);
  });

  it("takes any unknown theme for the system's", () => {
    expect(parseTheme("dark")).toBe("dark");
    expect(parseTheme("sepia")).toBe("system");
    expect(parseTheme(undefined)).toBe("system");
  });
});
