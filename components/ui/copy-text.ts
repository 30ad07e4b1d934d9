"use client";

import { notify } from "./toast";

/** Puts text on the clipboard. Where the browser refuses (plain http, a denied right) it says so and answers false. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Absent outside https and localhost, so both "no such object" and "denied" arrive here.
    notify.failed("The browser did not allow copying.", "Select the text and copy it with the keyboard.");
    return false;
  }
};
