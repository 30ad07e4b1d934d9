"use client";

const SETTING = "sluice.single-keys";

/** Whether single keys (`/`, `?`, `j` …) are shortcuts here. WCAG 2.1.4: a person can turn them off. */
export const areSingleKeysOn = (): boolean => localStorage.getItem(SETTING) !== "off";

/** Turns the single-key shortcuts of this browser on or off. */
export const setSingleKeys = (isOn: boolean): void => {
  localStorage.setItem(SETTING, isOn ? "on" : "off");
};

/** Whether a key press belongs to the control it happens in, or carries a modifier, and is no shortcut of ours. */
export const isTyping = (event: KeyboardEvent): boolean => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const { target } = event;
  return (
    target instanceof HTMLElement &&
    target.closest(
      'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"], [role="menu"]',
    ) !== null
  );
};
