const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** A cookie and not local storage: the server can write the choice into the first byte, so nothing flashes. */
export const THEME_COOKIE = "sluice-theme";

/** The chosen theme; whatever is none of ours counts as "system". */
export const parseTheme = (text: string | null | undefined): Theme =>
  THEMES.find((theme) => theme === text) ?? "system";
