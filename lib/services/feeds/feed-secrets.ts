import "server-only";

import { seal, unseal } from "@/lib/crypto/secret-box";
import { feedSecretsSchema, type FeedSecrets } from "@/lib/domain/feed/feed-secrets";

const NO_SECRETS: FeedSecrets = { headers: {}, auth: { type: "none" } };

/** Seals a feed's headers and authentication, bound to the feed; null when there are none. */
export const sealFeedSecrets = (feedId: string, secrets: FeedSecrets): string | null =>
  secrets.auth.type === "none" && Object.keys(secrets.headers).length === 0
    ? null
    : seal(JSON.stringify(secrets), boundTo(feedId));

/** Opens what `sealFeedSecrets` made. Throws when the key is gone. */
export const openFeedSecrets = (feedId: string, sealed: string | null): FeedSecrets =>
  sealed === null ? NO_SECRETS : feedSecretsSchema.parse(JSON.parse(unseal(sealed, boundTo(feedId))));

/** The request headers that a feed's secrets stand for. */
export const toRequestHeaders = ({ headers, auth }: FeedSecrets): Record<string, string> => {
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
export const describeSecrets = ({ headers, auth }: FeedSecrets) => ({
  headerNames: Object.keys(headers),
  auth: auth.type,
});

const boundTo = (feedId: string): string => `feed:${feedId}`;
const toBase64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
