import type { Metadata } from "next";
import { z } from "zod";

import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { SearchBox } from "@/components/data-table/search-box";
import { ActionButton } from "@/components/forms/action-button";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { OneTimeAnswer } from "@/components/forms/one-time-answer";
import { SubmitButton } from "@/components/forms/submit-button";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { formatNumber } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { requirePage } from "@/lib/auth/require-page";
import { listUsers, type UserRow } from "@/lib/services/people/list-users";

import { resetPasswordAction, setDisabledAction } from "./actions";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export const metadata: Metadata = { title: "Users" };

const paramsSchema = z.object({
  q: z.string().max(200).optional().catch(undefined),
  cursor: z.string().max(320).optional().catch(undefined),
});
const PAGE_SIZE = 50;

/** Everybody who can sign in, with their teams. */
export default async function UsersPage({ searchParams }: Props) {
  const { actor } = await requirePage("admin.users");
  const { q, cursor } = paramsSchema.parse(await searchParams);
  const { users, next } = await listUsers(actor, { limit: PAGE_SIZE, after: cursor, search: q });
  const kept = q === undefined ? {} : { q };
  const link = (more: Record<string, string>): string =>
    `/admin/users?${new URLSearchParams({ ...kept, ...more }).toString()}`;

  return (
    <>
      <PageHeader
        title="Users"
        description="Everybody who can sign in. People come in by an invitation into a team."
      />
      <div className="mb-3 max-w-md">
        <SearchBox label="Search users" placeholder="Name or e-mail" />
      </div>
      <Card>
        <TableScroll label="Users">
          <Table>
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>E-mail</Th>
                <Th>Teams</Th>
                <Th>Last sign-in</Th>
                <Th>Change</Th>
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <Tr key={user.id}>
                  <RowTh>
                    {user.name} {user.isAdministrator && <Badge>Administrator</Badge>}{" "}
                    {user.disabledAt && <Badge tone="warning">Disabled</Badge>}
                  </RowTh>
                  <Td>{user.email}</Td>
                  <Td>{user.teams.map(({ name, role }) => `${name} (${role})`).join(", ") || "–"}</Td>
                  <Td>
                    <RelativeTime at={user.lastSignInAt} />
                  </Td>
                  <Td>{user.id === actor.userId ? "That is you" : <UserActions user={user} />}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </TableScroll>
      </Card>
      <CursorPagination
        summary={`${formatNumber(users.length)} users on this page`}
        firstHref={cursor === undefined ? undefined : link({})}
        nextHref={next === null ? undefined : link({ cursor: next })}
      />
    </>
  );
}

const UserActions = ({ user }: { user: UserRow }) => (
  <div className="flex flex-wrap gap-2">
    <ActionButton
      action={setDisabledAction}
      values={{ userId: user.id, disabled: user.disabledAt ? "false" : "true" }}
      size="sm"
    >
      {user.disabledAt ? "Enable" : "Disable"}
    </ActionButton>
    <Dialog trigger="New password" size="sm" title={`A one-time password for ${user.name}`}>
      <OneTimeAnswer
        action={resetPasswordAction}
        label={`A one-time password for ${user.name}`}
        secretLabel="One-time password"
        note="They must change it when they sign in. Their sessions have ended."
      >
        <HiddenFields values={{ userId: user.id }} />
        <SubmitButton>Make a one-time password</SubmitButton>
      </OneTimeAnswer>
    </Dialog>
  </div>
);
