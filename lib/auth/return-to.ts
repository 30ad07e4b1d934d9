const BASE = "http://self.invalid";

/**
 * Where to go after signing in: the given address when it stays on this site, else `/`. Backslashes and control
 * characters are refused outright, since browsers read `/\host` as another host (CVE-2026-10856).
 */
export const safeReturnTo = (text: string | null | undefined): string => {
  if (!text?.startsWith("/") || text.startsWith("//") || !isPlain(text) || !URL.canParse(text, BASE))
    return "/";
  const url = new URL(text, BASE);
  if (url.origin !== BASE || url.pathname.startsWith("//")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
};

const isPlain = (text: string): boolean =>
  !text.includes("\\") && Array.from(text).every((character) => character > " " && character !== "\u007f");
