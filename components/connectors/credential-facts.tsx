import { KeyValueList } from "@/components/ui/key-value";
import { ExactTime, RelativeTime } from "@/components/ui/relative-time";
import {
  CREDENTIAL_KIND_LABELS,
  type CredentialKind,
  type ExpirySource,
} from "@/lib/domain/connector/credential-life";

import { CredentialLifeBadge } from "./credential-life-badge";

export type ShownCredential = {
  kind: CredentialKind;
  createdAt: Date;
  expiresAt: Date | null;
  expirySource: ExpirySource | null;
  thumbprint: string | null;
  refusedAt: Date | null;
  refusal: string | null;
};

const SOURCE_WORDS: Readonly<Record<ExpirySource, string>> = {
  certificate: "Says the certificate itself.",
  entra: "Says Entra ID.",
  stated: "As somebody typed it in; not verified.",
};

/** What is known of a credential, which is never the secret itself. */
export const CredentialFacts = ({ credential, now }: { credential: ShownCredential; now: Date }) => (
  <KeyValueList
    entries={[
      { label: "Signs in with", value: CREDENTIAL_KIND_LABELS[credential.kind] },
      {
        label: "State",
        value: <CredentialLifeBadge life={credential} now={now} />,
        ...refusalOf(credential),
      },
      {
        label: "Ends",
        value: <ExactTime at={credential.expiresAt} noneLabel="unknown" />,
        ...(credential.expirySource !== null && { hint: SOURCE_WORDS[credential.expirySource] }),
      },
      { label: "Set", value: <RelativeTime at={credential.createdAt} /> },
      ...(credential.thumbprint === null
        ? []
        : [
            {
              label: "Thumbprint",
              value: <code className="text-xs break-all">{credential.thumbprint}</code>,
              hint: "SHA-256, in hexadecimal.",
            },
          ]),
    ]}
  />
);

const refusalOf = ({ refusal }: ShownCredential) => (refusal === null ? {} : { hint: refusal });
