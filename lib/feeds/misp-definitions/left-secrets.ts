import { namesOfKeys } from "@/lib/domain/feed/address-keys";

import type { ExportedFeed } from "./exported-feed";

/** What of a feed stays behind when its definition leaves and must be given anew, each in words. */
export const listLeftSecrets = ({
  url,
  authType,
  headerNames,
}: Pick<ExportedFeed, "url" | "authType" | "headerNames">): string[] => [
  ...(authType === "none" ? [] : ["the sign-in"]),
  ...headerNames.map((name) => `the header “${name}”`),
  ...(url === null ? [] : namesOfKeys(url).map((name) => `“${name}” in the address`)),
];
