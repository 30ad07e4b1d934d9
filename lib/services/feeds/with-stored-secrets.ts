import "server-only";

import { asTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { wantsKeys } from "@/lib/domain/feed/address-keys";
import { feedSettingsSchema, type FeedPreview } from "@/lib/domain/feed/feed";
import type { FeedSignIn } from "@/lib/domain/feed/feed-secrets";
import type { TlsSettings } from "@/lib/domain/feed/limit-settings";

import { openFeedSecrets, toWholeAddress } from "./feed-secrets";
import { STORED_KINDS } from "./feed-view";
import { refuseOtherHost } from "./other-host";

/** What is given anew; what is not is as stored. */
export type GivenSecrets = { [Part in keyof FeedSignIn]?: FeedSignIn[Part] | undefined };

/**
 * Changed settings of a saved feed with its stored sign-in and headers, but for those given anew. What is stored goes to
 * the host it was given for and to no other, and in requests of the feed's own kind: anything else is `invalid_input`.
 */
export const withStoredSecrets = async (
  feed: { id: string; teamId: string },
  input: FeedPreview,
  { headers, auth }: GivenSecrets = {},
): Promise<FeedPreview> => {
  const saved = await asTeam(feed.teamId, (tx) =>
    tx.feed.findFirst({
      where: { id: feed.id, teamId: feed.teamId, deletedAt: null },
      select: { kind: true, url: true, sealedSecrets: true, settings: true },
    }),
  );
  if (!saved) throw new AppError("not_found", "There is no such feed.");
  // Read as another kind, an answer could show what the sign-in was.
  if (STORED_KINDS[input.kind] !== saved.kind)
    throw new AppError("invalid_input", "A feed's kind stays as it is.");
  const wanted = input.url ?? "";
  if (headers && auth && !wantsKeys(wanted)) return { ...input, headers, auth };
  if (saved.sealedSecrets !== null && input.url !== null) refuseOtherHost(saved.url, input.url);
  if (saved.sealedSecrets !== null) refuseOtherTrust(feedSettingsSchema.parse(saved.settings).tls, input.tls);
  const stored = openFeedSecrets(feed.id, saved.sealedSecrets);
  return {
    ...input,
    url: input.url === null ? null : toWholeAddress(input.url, stored.keys),
    headers: headers ?? stored.headers,
    auth: auth ?? stored.auth,
  };
};

// Whoever stands between could read it by a certificate of their own; that another one is trusted is in the audit log once it
// is saved, and trying it is not.
const refuseOtherTrust = (saved: TlsSettings, tried: TlsSettings): void => {
  const isOther =
    (tried.isInsecure && !saved.isInsecure) || (tried.caPem !== null && tried.caPem !== saved.caPem);
  if (!isOther) return;
  const detail =
    "What is stored is not sent by a certificate that was not trusted before. Save the feed first, or enter sign-in and headers anew.";
  throw new AppError("invalid_input", detail, {
    fields: [{ pointer: tried.isInsecure ? "/tls/isInsecure" : "/tls/caPem", detail }],
  });
};
