import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { changeRole, removeMember } from "@/lib/services/people/change-member";
import { inviteUser, listInvitations, revokeInvitation } from "@/lib/services/people/invite-user";
import { listMembers } from "@/lib/services/people/list-members";
import { inviteInputSchema, roleSchema } from "@/lib/services/people/schemas";

import { teamParamsSchema } from "./teams";

const memberSchema = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  isAdministrator: z.boolean(),
  joinedAt: timeSchema,
  lastSignInAt: timeSchema.nullable(),
  disabledAt: timeSchema.nullable(),
});

const invitationSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  role: roleSchema,
  createdAt: timeSchema,
  expiresAt: timeSchema,
});

const memberParamsSchema = teamParamsSchema.extend({ userId: z.uuid() });

export const listMembersRoute = defineRoute({
  method: "GET",
  path: "/teams/{slug}/members",
  summary: "List a team's members",
  tags: ["Teams"],
  permission: "team.read",
  params: teamParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(memberSchema) },
  run: async ({ actor, params, query: { limit, cursor }, inTeam }) => {
    const after = decodeCursor(cursor, z.string());
    const { members, next } = await listMembers(actor, inTeam(params.slug).id, { limit, after });
    return { data: members, nextCursor: next === null ? null : encodeCursor(next) };
  },
});

export const changeRoleRoute = defineRoute({
  method: "PATCH",
  path: "/teams/{slug}/members/{userId}",
  summary: "Give a member another role",
  description: "Never above your own, and not for the team's last owner.",
  tags: ["Teams"],
  permission: "team.write",
  params: memberParamsSchema,
  body: z.strictObject({ role: roleSchema }),
  answer: { status: 204 },
  run: ({ actor, params: { slug, userId }, body, inTeam }) =>
    changeRole(actor, { teamId: inTeam(slug).id, userId }, body.role),
});

export const removeMemberRoute = defineRoute({
  method: "DELETE",
  path: "/teams/{slug}/members/{userId}",
  summary: "Take a member out of a team",
  description: "What they made stays. Not for the team's last owner.",
  tags: ["Teams"],
  permission: "team.write",
  params: memberParamsSchema,
  answer: { status: 204 },
  run: ({ actor, params: { slug, userId }, inTeam }) =>
    removeMember(actor, { teamId: inTeam(slug).id, userId }),
});

export const listInvitationsRoute = defineRoute({
  method: "GET",
  path: "/teams/{slug}/invitations",
  summary: "List a team's open invitations",
  tags: ["Teams"],
  permission: "team.read",
  params: teamParamsSchema,
  answer: { status: 200, schema: pageOf(invitationSchema) },
  run: async ({ actor, params, inTeam }) => ({
    data: await listInvitations(actor, inTeam(params.slug).id),
    nextCursor: null,
  }),
});

export const inviteRoute = defineRoute({
  method: "POST",
  path: "/teams/{slug}/invitations",
  summary: "Invite a person into a team",
  description:
    "`url` is a one-time link of 7 days, shown in this answer alone. An earlier one to the address ends.",
  tags: ["Teams"],
  permission: "team.write",
  params: teamParamsSchema,
  body: inviteInputSchema,
  answer: { status: 201, schema: invitationSchema.extend({ url: z.url() }) },
  secretAnswer: true,
  run: ({ actor, params, body, inTeam }) => inviteUser(actor, inTeam(params.slug).id, body),
});

export const revokeInvitationRoute = defineRoute({
  method: "DELETE",
  path: "/teams/{slug}/invitations/{id}",
  summary: "Withdraw an invitation",
  tags: ["Teams"],
  permission: "team.write",
  params: teamParamsSchema.extend({ id: z.uuid() }),
  answer: { status: 204 },
  run: ({ actor, params: { slug, id }, inTeam }) =>
    revokeInvitation(actor, { teamId: inTeam(slug).id, invitationId: id }),
});
