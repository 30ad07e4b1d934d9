import type { ExportedFeed } from "./exported-feed";

/** What of a feed stays behind when its definition leaves and must be given anew, each in words. */
export const listLeftSecrets = ({
  url,
  authType,
  headerNames,
}: Pick<ExportedFeed, "url" | "authType" | "headerNames">): string[] => [
  ...(authType === "none" ? [] : ["the sign-in"]),
  ...headerNames.map((name) => `the header “${name}”`),
  ...(url === null ? [] : keyNames(new URL(url)).map((name) => `“${name}” in the address`)),
];

/** An address without its keys. They are meant for headers, but some vendors take theirs in the query. */
export const withoutKeys = (address: string): string => {
  const url = new URL(address);
  const secret = keyNames(url);
  for (const name of secret) url.searchParams.set(name, "");
  return secret.length === 0 ? address : url.href;
};

const keyNames = ({ searchParams }: URL): string[] => [
  ...new Set([...searchParams.keys()].filter((name) => KEY_NAME.test(name))),
];

const KEY_NAME = /key|token|secret|passw|auth|signature|^sig$|^sas$/i;
