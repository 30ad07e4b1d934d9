import type { Metadata } from "next";

import { ActionButton } from "@/components/forms/action-button";
import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { FormStatus } from "@/components/forms/form-status";
import { OneTimeAnswer } from "@/components/forms/one-time-answer";
import { SubmitButton } from "@/components/forms/submit-button";
import { Badge } from "@/components/ui/badge";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { requirePage } from "@/lib/auth/require-page";
import { PERMISSIONS } from "@/lib/domain/access/permissions";
import { DEFAULT_TOKEN_DAYS, MAX_TOKEN_DAYS } from "@/lib/services/people/create-api-token";
import { listSessions } from "@/lib/services/people/sessions";
import { listTokens } from "@/lib/services/people/tokens";

import { ConsoleShell } from "../console-shell";
import { createTokenAction, revokeSessionAction, revokeTokenAction } from "./actions";

export const metadata: Metadata = { title: "Your account" };

const TOKENS_SHOWN = 100;

/** What opens with your name: API tokens and sessions. */
export default async function AccountPage() {
  const { actor } = await requirePage("token.write");
  const [{ tokens }, sessions] = await Promise.all([
    listTokens(actor, { limit: TOKENS_SHOWN }),
    listSessions(actor),
  ]);

  return (
    <ConsoleShell team={actor.teams[0] ?? null}>
      <PageHeader
        title="Your account"
        description={`${actor.name}, ${actor.email}`}
        actions={<LinkButton href="/change-password">Change password</LinkButton>}
      />
      <div className="space-y-6">
        <Card>
          <CardHeader
            title="Make an API token"
            description="It acts with your rights, narrowed to the scopes chosen. The document is at /api/v1/openapi.json."
          />
          <CardBody>
            <OneTimeAnswer
              action={createTokenAction}
              label="Make an API token"
              secretLabel="API token"
              note="Send it as “Authorization: Bearer …”. Only its hash is kept: it cannot be shown again."
            >
              <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
                <Field name="name" label="Name" hint="Where it is used, such as “SOAR playbook”." required>
                  <Input autoComplete="off" />
                </Field>
                <Field name="expiresInDays" label="Days it holds" hint={`At most ${String(MAX_TOKEN_DAYS)}.`}>
                  <Input type="number" min={1} max={MAX_TOKEN_DAYS} defaultValue={DEFAULT_TOKEN_DAYS} />
                </Field>
              </div>
              <FieldGroup legend="Scopes" hint="“Everything” is all that you may do." columns={3}>
                <CheckboxField name="scopes" value="*" label="Everything" />
                {PERMISSIONS.map((permission) => (
                  <CheckboxField
                    key={permission}
                    name="scopes"
                    value={permission}
                    label={<code className="text-xs">{permission}</code>}
                  />
                ))}
              </FieldGroup>
              <FormStatus />
              <SubmitButton>Make the token</SubmitButton>
            </OneTimeAnswer>
          </CardBody>
        </Card>
        <Card>
          <CardHeader title="API tokens" />
          <TableScroll label="API tokens">
            <Table>
              <thead>
                <tr>
                  <Th>Name</Th>
                  <Th>Begins with</Th>
                  <Th>Scopes</Th>
                  <Th>Last used</Th>
                  <Th>Ends</Th>
                  <Th>Change</Th>
                </tr>
              </thead>
              <tbody>
                {tokens.map(({ id, name, hint, scopes, lastUsedAt, expiresAt, revokedAt }) => (
                  <Tr key={id}>
                    <RowTh>{name}</RowTh>
                    <Td className="font-mono text-xs">{hint}…</Td>
                    <Td className="text-xs">{scopes.join(", ")}</Td>
                    <Td>
                      <RelativeTime at={lastUsedAt} />
                    </Td>
                    <Td>
                      <RelativeTime at={expiresAt} />
                    </Td>
                    <Td>
                      {revokedAt ? (
                        <Badge>Revoked</Badge>
                      ) : (
                        <ActionButton action={revokeTokenAction} values={{ id }} size="sm">
                          Revoke
                        </ActionButton>
                      )}
                    </Td>
                  </Tr>
                ))}
                {tokens.length === 0 && (
                  <Tr>
                    <Td colSpan={6} className="text-muted">
                      None yet.
                    </Td>
                  </Tr>
                )}
              </tbody>
            </Table>
          </TableScroll>
        </Card>
        <Card>
          <CardHeader title="Sessions" description="Where you are signed in now." />
          <TableScroll label="Sessions">
            <Table>
              <thead>
                <tr>
                  <Th>Browser</Th>
                  <Th>Address</Th>
                  <Th>Last seen</Th>
                  <Th>Change</Th>
                </tr>
              </thead>
              <tbody>
                {sessions.map(({ id, userAgent, address, lastSeenAt, isCurrent }) => (
                  <Tr key={id}>
                    <RowTh className="max-w-md truncate">{userAgent ?? "Unknown"}</RowTh>
                    <Td className="font-mono text-xs">{address ?? "–"}</Td>
                    <Td>
                      <RelativeTime at={lastSeenAt} />
                    </Td>
                    <Td>
                      {isCurrent ? (
                        <Badge tone="info">This one</Badge>
                      ) : (
                        <ActionButton action={revokeSessionAction} values={{ id }} size="sm">
                          End
                        </ActionButton>
                      )}
                    </Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          </TableScroll>
        </Card>
      </div>
    </ConsoleShell>
  );
}
