"use client";

import { Monitor, Moon, Sun, SunMoon } from "lucide-react";
import { useSyncExternalStore } from "react";

import { DropdownMenu, MenuRadioGroup } from "@/components/ui/dropdown-menu";

import { parseTheme, THEME_COOKIE, type Theme } from "./theme";

const OPTIONS = [
  { value: "system", label: "As the system", icon: <Monitor aria-hidden /> },
  { value: "light", label: "Light", icon: <Sun aria-hidden /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden /> },
];
const YEAR_S = 31_536_000;

const readTheme = (): Theme => parseTheme(document.documentElement.dataset["theme"]);
const watchTheme = (notify: () => void): (() => void) => {
  const observer = new MutationObserver(notify);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    observer.disconnect();
  };
};

const applyTheme = (theme: Theme): void => {
  const maxAge = theme === "system" ? 0 : YEAR_S;
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${String(maxAge)}; samesite=lax`;
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
};

/** Light, dark or as the system has it; kept in this browser. */
export const ThemeToggle = () => {
  const theme = useSyncExternalStore(watchTheme, readTheme, () => "system");
  return (
    <DropdownMenu trigger={<SunMoon aria-hidden />} label="Theme" variant="ghost" size="icon">
      <MenuRadioGroup
        label="Theme"
        value={theme}
        onValueChange={(next) => {
          applyTheme(parseTheme(next));
        }}
        options={OPTIONS}
      />
    </DropdownMenu>
  );
};
