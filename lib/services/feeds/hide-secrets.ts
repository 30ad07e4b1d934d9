import "server-only";

import { openFeedSecrets } from "./feed-secrets";

/** Shorter ones would hide half of the text, and are no secrets. */
const SHORTEST = 4;
const HIDDEN = "•••";

/**
 * A text of a feed's source without the feed's own secrets: some servers repeat in their answer what they were asked with.
 * Throws when the secrets cannot be opened, so that nothing is shown unchecked.
 */
export const hideSecrets = (text: string, feed: { id: string; sealedSecrets: string | null }): string => {
  const { headers, auth, keys } = openFeedSecrets(feed.id, feed.sealedSecrets);
  const secrets = [...Object.values(headers), ...Object.values(keys).flat()];
  if (auth.type === "basic") secrets.push(auth.password);
  if (auth.type === "bearer") secrets.push(auth.token);
  if (auth.type === "misp") secrets.push(auth.key);
  return secrets
    .filter((secret) => secret.length >= SHORTEST)
    .reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
};
