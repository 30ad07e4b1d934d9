import "server-only";

import { seal, unseal } from "@/lib/crypto/secret-box";
import { namesOfKeys, putKeys, takeKeys } from "@/lib/domain/feed/address-keys";
import { AppError } from "@/lib/domain/errors";
import { feedSecretsSchema, type FeedSecrets, type FeedSignIn } from "@/lib/domain/feed/feed-secrets";

const NO_SECRETS: FeedSecrets = { headers: {}, auth: { type: "none" }, keys: {} };

/** Seals a feed's headers, authentication and keys of its address, bound to the feed; null when there are none. */
export const sealFeedSecrets = (feedId: string, secrets: FeedSecrets): string | null =>
  secrets.auth.type === "none" && isEmpty(secrets.headers) && isEmpty(secrets.keys)
    ? null
    : seal(JSON.stringify(secrets), boundTo(feedId));

/** Opens what `sealFeedSecrets` made. Throws when the key is gone. */
export const openFeedSecrets = (feedId: string, sealed: string | null): FeedSecrets =>
  sealed === null ? NO_SECRETS : feedSecretsSchema.parse(JSON.parse(unseal(sealed, boundTo(feedId))));

/** The request headers that a feed's secrets stand for. */
export const toRequestHeaders = ({ headers, auth }: FeedSignIn): Record<string, string> => {
  switch (auth.type) {
    case "none":
      return headers;
    case "basic":
      return { ...headers, authorization: `Basic ${toBase64(`${auth.username}:${auth.password}`)}` };
    case "bearer":
      return { ...headers, authorization: `Bearer ${auth.token}` };
    case "misp":
      return { ...headers, authorization: auth.key };
  }
};

/** What may be shown of them: which headers are set and how the feed signs in, never a value. */
export const describeSecrets = ({ headers, auth }: FeedSignIn) => ({
  headerNames: Object.keys(headers),
  auth: auth.type,
});

/**
 * An address as it is stored, and the keys that stood in it, to be sealed: the ones given now, or else those stored. Throws
 * `invalid_input` when it waits for one that nobody gave.
 */
export const sealAddress = (
  url: string | null,
  stored: FeedSecrets["keys"] = {},
): { address: string | null; keys: FeedSecrets["keys"] } => {
  if (url === null) return { address: null, keys: {} };
  const { address, keys } = takeKeys(url);
  const kept = { ...stored, ...keys };
  toWholeAddress(address, kept);
  const names = new Set(namesOfKeys(address));
  return { address, keys: Object.fromEntries(Object.entries(kept).filter(([name]) => names.has(name))) };
};

/** A feed's address as it is asked, with its keys. Throws `invalid_input` when one was never given. */
export const toWholeAddress = (url: string, keys: FeedSecrets["keys"]): string => {
  const whole = putKeys(url, keys);
  if (whole !== null) return whole;
  const detail = "This address waits for a key that is not stored. Write the key where {sealed} stands.";
  throw new AppError("invalid_input", detail, { fields: [{ pointer: "/url", detail }] });
};

const isEmpty = (named: object): boolean => Object.keys(named).length === 0;
const boundTo = (feedId: string): string => `feed:${feedId}`;
const toBase64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
