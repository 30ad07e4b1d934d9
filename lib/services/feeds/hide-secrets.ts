import "server-only";

import { spellingsOf } from "@/lib/domain/feed/secret-spellings";

import { openFeedSecrets, toRequestHeaders } from "./feed-secrets";

const HIDDEN = "•••";
// A password in an address is somebody's secret. A user name alone may be the trick itself: `bank.example@evil.example`. JSON
// may escape slashes.
const PASSWORD = /(:(?:\\?\/){2}[^/?#\s"':@]{0,200}):[^/?#\s"'@]{1,200}@/g;

/**
 * What takes secrets out of texts of a feed's source: the feed's own, since some servers repeat in their answer what they were
 * asked with, and the passwords of addresses. Throws when the secrets cannot be opened, so that nothing is shown unchecked.
 */
export const openHider = (feed: { id: string; sealedSecrets: string | null }): ((text: string) => string) => {
  const { headers, auth, keys } = openFeedSecrets(feed.id, feed.sealedSecrets);
  const secrets = [...Object.values(toRequestHeaders({ headers, auth })), ...Object.values(keys).flat()];
  if (auth.type === "basic") secrets.push(auth.password);
  const spellings = spellingsOf(secrets);
  return (text) =>
    spellings
      .reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text)
      .replaceAll(PASSWORD, `$1:${HIDDEN}@`);
};
