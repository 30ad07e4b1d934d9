import { describe, expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeActor, makeTeam, makeUser } from "@/lib/testing/people";

import { acceptAsNewUser, acceptAsUser, findInvitation } from "./accept-invitation";
import { changeRole, removeMember } from "./change-member";
import { inviteUser, listInvitations, revokeInvitation } from "./invite-user";
import { listMembers } from "./list-members";
import { signIn } from "./sign-in";

const { asOwner } = useTestDatabase();
const PASSWORD = "correct horse battery staple";
const DAY_MS = 24 * 3_600_000;

const secretOf = ({ url }: { url: string }): string => url.split("/").at(-1) ?? "";

const invite = async (email: string, now?: Date) => {
  const team = await makeTeam();
  const owner = await makeActor([[team, "owner"]]);
  const invitation = await inviteUser(owner, team.id, { email, role: "analyst" }, now);
  return { team, owner, invitation, secret: secretOf(invitation) };
};

describe("an invitation", () => {
  it("makes an account that can sign in, with the role in the team", async () => {
    const { team, owner, secret } = await invite("new@example.test");
    expect(await findInvitation(secret)).toMatchObject({
      email: "new@example.test",
      hasAccount: false,
      team,
    });

    const { user, teamSlug } = await acceptAsNewUser({ secret, name: "New Person", password: PASSWORD });

    expect(teamSlug).toBe(team.slug);
    const { members } = await listMembers(owner, team.id, { limit: 10 });
    expect(members).toContainEqual(
      expect.objectContaining({ userId: user.id, name: "New Person", role: "analyst" }),
    );
    const request = { password: PASSWORD, address: "192.0.2.1", userAgent: null, previousSessionId: null };
    await expect(signIn({ ...request, email: "new@example.test" })).resolves.toBeTypeOf("string");
  });

  it("adds a team to an account that exists, for its own address only", async () => {
    const existing = await makeActor();
    const { team, owner, secret } = await invite(existing.email);
    await expect(acceptAsNewUser({ secret, name: "X", password: PASSWORD })).rejects.toThrow(
      "has an account already",
    );
    await expect(acceptAsUser(await makeActor(), secret)).rejects.toMatchObject({ code: "forbidden" });

    await acceptAsUser(existing, secret);

    const { members } = await listMembers(owner, team.id, { limit: 10 });
    expect(members.map(({ userId }) => userId)).toContain(existing.userId);
  });

  it("opens once, also when its link is opened twice at once", async () => {
    const { secret } = await invite("twice@example.test");
    const accept = (name: string) => acceptAsNewUser({ secret, name, password: PASSWORD });
    const outcomes = await Promise.allSettled([accept("One"), accept("Two")]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(accept("Three")).rejects.toMatchObject({ code: "not_found" });
  });

  it("closes after 7 days, when withdrawn, and when a newer one is made", async () => {
    const long = await invite("late@example.test", new Date(Date.now() - 7 * DAY_MS));
    expect(await findInvitation(long.secret)).toBeNull();

    const { team, owner, invitation, secret } = await invite("gone@example.test");
    await revokeInvitation(owner, { teamId: team.id, invitationId: invitation.id });
    expect(await findInvitation(secret)).toBeNull();

    const first = await inviteUser(owner, team.id, { email: "again@example.test", role: "viewer" });
    const second = await inviteUser(owner, team.id, { email: "again@example.test", role: "viewer" });
    expect(await findInvitation(secretOf(first))).toBeNull();
    expect(await findInvitation(secretOf(second))).not.toBeNull();
    expect(await listInvitations(owner, team.id)).toHaveLength(1);
  });

  it("closes when whoever made it may no longer invite", async () => {
    const { team, owner, secret } = await invite("friend@example.test");
    const successor = await makeActor([[team, "owner"]]);
    const member = { teamId: team.id, userId: owner.userId };
    await changeRole(successor, member, "analyst");
    expect(await findInvitation(secret)).toBeNull();

    await removeMember(successor, member);
    await expect(acceptAsNewUser({ secret, name: "F", password: PASSWORD })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("leaves no account behind when its password is refused", async () => {
    const { secret } = await invite("weak@example.test");
    await expect(acceptAsNewUser({ secret, name: "Weak", password: "Password1234" })).rejects.toMatchObject({
      fields: [{ pointer: "/password" }],
    });
    expect(await findInvitation(secret)).toMatchObject({ hasAccount: false });
  });

  it("is refused for who is a member already", async () => {
    const { team, owner } = await invite("someone@example.test");
    const member = await makeUser();
    await addMember(team, member, "viewer");
    await expect(inviteUser(owner, team.id, { email: member.email, role: "owner" })).rejects.toThrow(
      "in this team already",
    );
  });

  it("is stored as a hash only, and its secret stands in no audit entry", async () => {
    const { secret } = await invite("hashed@example.test");
    const { rows } = await asOwner((client) =>
      client.query(
        "SELECT invitation::text AS row FROM invitation UNION ALL SELECT canonical FROM audit_entry",
      ),
    );
    expect(JSON.stringify(rows)).not.toContain(secret.slice(4));
  });
});
