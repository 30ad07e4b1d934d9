import { beforeAll, describe, expect, it } from "vitest";

import { can, type Actor } from "@/lib/domain/access/actor";
import { PERMISSIONS, ROLES, type Role } from "@/lib/domain/access/permissions";
import { AppError } from "@/lib/domain/errors";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeActor, makeSession, makeTeam, makeUser, type TestTeam } from "@/lib/testing/people";

import { changeRole, removeMember } from "./change-member";
import { createApiToken } from "./create-api-token";
import { createTeam } from "./create-team";
import { inviteUser, listInvitations, revokeInvitation } from "./invite-user";
import { listMembers } from "./list-members";
import { listUsers } from "./list-users";
import { listSessions, revokeSession } from "./sessions";
import { listTokens, revokeToken } from "./tokens";
import { updateTeam } from "./update-team";
import { resetPassword, updateUser } from "./users";

useTestDatabase();

const RANKS = ["viewer", "analyst", "owner", "administrator"] as const;
type Rank = (typeof RANKS)[number];

let team: TestTeam;
let foreignTeam: TestTeam;
const actors = new Map<Rank, Actor>();

beforeAll(async () => {
  team = await makeTeam();
  foreignTeam = await makeTeam();
  for (const rank of RANKS) {
    const isAdministrator = rank === "administrator";
    actors.set(rank, await makeActor([[team, isAdministrator ? "owner" : rank]], { isAdministrator }));
  }
  // Without a second owner every change of the first would be about the last owner.
  await makeActor([[team, "owner"]]);
  await makeActor([], { isAdministrator: true });
});

const actorOf = (rank: Rank): Actor => {
  const actor = actors.get(rank);
  if (!actor) throw new Error(`No actor of rank ${rank}.`);
  return actor;
};

/** Somebody of a rank whom no other test needs. */
const victimOf = async (rank: Rank) => {
  const user = await makeUser({ isAdministrator: rank === "administrator" });
  await addMember(team, user, rank === "administrator" ? "viewer" : rank);
  return user;
};

/** What one person can do to another's access, each with whether it needs an administrator. */
const DEEDS: Record<
  string,
  { needs: "owner" | "administrator"; run: (actor: Actor, victim: { id: string }) => Promise<unknown> }
> = {
  password: { needs: "administrator", run: (actor, { id }) => resetPassword(actor, id) },
  disable: { needs: "administrator", run: (actor, { id }) => updateUser(actor, id, { disabled: true }) },
  promote: {
    needs: "administrator",
    run: (actor, { id }) => updateUser(actor, id, { isAdministrator: true }),
  },
  session: {
    needs: "administrator",
    run: async (actor, user) => revokeSession(actor, await makeSession(user)),
  },
  sessions: { needs: "administrator", run: (actor, { id }) => listSessions(actor, id) },
  token: {
    needs: "administrator",
    run: async (actor, user) => {
      const owner: Actor = { ...actorOf("viewer"), userId: user.id };
      const { id } = await createApiToken(owner, { name: "theirs", scopes: ["*"], expiresInDays: 1 });
      await revokeToken(actor, id);
    },
  },
  tokens: { needs: "administrator", run: (actor, { id }) => listTokens(actor, { limit: 10, userId: id }) },
  role: {
    needs: "owner",
    run: (actor, { id }) => changeRole(actor, { teamId: team.id, userId: id }, "viewer"),
  },
  removal: { needs: "owner", run: (actor, { id }) => removeMember(actor, { teamId: team.id, userId: id }) },
};

const rankOf = (rank: Rank): number => RANKS.indexOf(rank);

const outcomeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "done";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

const matrix = Object.entries(DEEDS).flatMap(([deed, { needs, run }]) =>
  RANKS.flatMap((doer) =>
    RANKS.map((victim) => {
      const isAllowed = rankOf(doer) >= rankOf(needs) && rankOf(doer) >= rankOf(victim);
      return [doer, deed, victim, isAllowed ? "done" : "refused", run] as const;
    }),
  ),
);

describe("nobody reaches above themselves", () => {
  it.each(matrix)("%s, %s of %s: %s", async (doer, _deed, victim, expected, run) => {
    const answer = await outcomeOf(run(actorOf(doer), await victimOf(victim)));
    expect(["forbidden", "not_found"].includes(answer) ? "refused" : answer).toBe(expected);
  });

  const grants = RANKS.flatMap((doer) =>
    ROLES.map((role) => [doer, role, rankOf(doer) >= rankOf("owner") ? "done" : "forbidden"] as const),
  );
  it.each(grants)("%s inviting as %s: %s", async (doer, role, expected) => {
    const email = `${doer}-${role}@example.test`;
    expect(await outcomeOf(inviteUser(actorOf(doer), team.id, { email, role }))).toBe(expected);
  });

  it.each(grants)("%s giving the role %s: %s", async (doer, role, expected) => {
    const { id: userId } = await victimOf("viewer");
    expect(await outcomeOf(changeRole(actorOf(doer), { teamId: team.id, userId }, role))).toBe(expected);
  });
});

describe("an owner of one team", () => {
  const inForeignTeam: Record<string, (actor: Actor) => Promise<unknown>> = {
    "reads members": (actor) => listMembers(actor, foreignTeam.id, { limit: 10 }),
    "reads invitations": (actor) => listInvitations(actor, foreignTeam.id),
    invites: (actor) => inviteUser(actor, foreignTeam.id, { email: "x@example.test", role: "viewer" }),
    renames: (actor) => updateTeam(actor, foreignTeam.id, { name: "Taken over" }),
    "changes a role": async (actor) => {
      const user = await makeUser();
      await addMember(foreignTeam, user, "viewer");
      await changeRole(actor, { teamId: foreignTeam.id, userId: user.id }, "analyst");
    },
    removes: async (actor) => {
      const user = await makeUser();
      await addMember(foreignTeam, user, "viewer");
      await removeMember(actor, { teamId: foreignTeam.id, userId: user.id });
    },
  };
  it.each(Object.entries(inForeignTeam))("never %s in another", async (_deed, run) => {
    expect(await outcomeOf(run(actorOf("owner")))).toBe("not_found");
  });

  it("finds no member or invitation of another team behind an own team's id", async () => {
    const owner = actorOf("owner");
    const stranger = await makeUser();
    await addMember(foreignTeam, stranger, "viewer");
    const root = actorOf("administrator");
    const invitation = await inviteUser(
      { ...root, teams: [{ ...foreignTeam, role: "owner" }] },
      foreignTeam.id,
      { email: "y@example.test", role: "viewer" },
    );

    const ofOwnTeam = { teamId: team.id, userId: stranger.id };
    expect(await outcomeOf(changeRole(owner, ofOwnTeam, "owner"))).toBe("not_found");
    expect(await outcomeOf(removeMember(owner, ofOwnTeam))).toBe("not_found");
    const withdrawal = revokeInvitation(owner, { teamId: team.id, invitationId: invitation.id });
    expect(await outcomeOf(withdrawal)).toBe("not_found");
  });

  it.each<[string, (actor: Actor) => Promise<unknown>]>([
    ["make a team", (actor) => createTeam(actor, { name: "Mine" })],
    ["list users", (actor) => listUsers(actor, { limit: 10 })],
  ])("may not %s", async (_name, run) => {
    expect(await outcomeOf(run(actorOf("owner")))).toBe("forbidden");
  });
});

describe("the last owner", () => {
  it("stays, unless an administrator says otherwise", async () => {
    const lonely = await makeTeam();
    const owner = await makeActor([[lonely, "owner"]]);
    const member = { teamId: lonely.id, userId: owner.userId };
    expect(await outcomeOf(changeRole(owner, member, "viewer"))).toBe("conflict");
    expect(await outcomeOf(removeMember(owner, member))).toBe("conflict");

    const root = { ...actorOf("administrator"), teams: [{ ...lonely, role: "owner" as Role }] };
    expect(await outcomeOf(removeMember(root, member))).toBe("done");
  });

  it("stays also when two owners demote each other at once", async () => {
    const pair = await makeTeam();
    const [one, two] = [await makeActor([[pair, "owner"]]), await makeActor([[pair, "owner"]])];
    const answers = await Promise.all([
      outcomeOf(changeRole(one, { teamId: pair.id, userId: two.userId }, "viewer")),
      outcomeOf(changeRole(two, { teamId: pair.id, userId: one.userId }, "viewer")),
    ]);
    expect(answers.sort()).toEqual(["conflict", "done"]);
  });
});

describe("the roles", () => {
  it("each grant what the one below grants, and none of what belongs to administrators", () => {
    const granted = (rank: Rank) =>
      PERMISSIONS.filter((permission) => can(actorOf(rank), permission, team.id));
    for (const [lower, higher] of [
      ["viewer", "analyst"],
      ["analyst", "owner"],
      ["owner", "administrator"],
    ] as const)
      expect(granted(higher)).toEqual(expect.arrayContaining(granted(lower)));
    expect(granted("owner").filter((permission) => permission.startsWith("admin."))).toEqual([]);
    expect(granted("viewer").filter((permission) => permission.endsWith(".write"))).toEqual(["token.write"]);
  });
});
