import { randomBytes, randomUUID } from "node:crypto";

import { hash } from "@node-rs/argon2";

import { hashSecret, newSecret } from "@/lib/crypto/one-time-secret";
import { asSystem } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import type { Role } from "@/lib/domain/access/permissions";

export type TestTeam = { id: string; slug: string; name: string };
export type TestUser = { id: string; email: string; name: string; isAdministrator: boolean };

/** A team of its own name. */
export const makeTeam = (name = `Team ${shortId()}`): Promise<TestTeam> =>
  asSystem("operations", (tx) =>
    tx.team.create({
      data: { name, slug: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-") },
      select: { id: true, slug: true, name: true },
    }),
  );

type UserOptions = {
  email?: string;
  name?: string;
  password?: string;
  isAdministrator?: boolean;
  mustChangePassword?: boolean;
  disabledAt?: Date;
};

/** A user; without a password nobody can sign in as them. */
export const makeUser = async ({ password, ...given }: UserOptions = {}): Promise<TestUser> => {
  const id = shortId();
  // Cheap: what it costs to guess is not what these tests are about.
  const passwordHash =
    password === undefined ? null : await hash(password, { memoryCost: 1024, timeCost: 1 });
  return asSystem("operations", (tx) =>
    tx.user.create({
      data: { email: `user-${id}@example.test`, name: `User ${id}`, ...given, passwordHash },
      select: { id: true, email: true, name: true, isAdministrator: true },
    }),
  );
};

/** Gives a user a role in a team. */
export const addMember = async (team: { id: string }, user: { id: string }, role: Role): Promise<void> => {
  await asSystem("operations", (tx) =>
    tx.membership.create({ data: { teamId: team.id, userId: user.id, role }, select: { userId: true } }),
  );
};

/** A live session of a user, seen just now. */
export const makeSession = async (user: { id: string }, now: Date = new Date()): Promise<string> => {
  const expiresAt = new Date(now.getTime() + 12 * 3_600_000);
  const { id } = await asSystem("operations", (tx) =>
    tx.session.create({
      data: { userId: user.id, createdAt: now, lastSeenAt: now, expiresAt },
      select: { id: true },
    }),
  );
  return id;
};

type TokenOptions = { scopes?: readonly string[]; expiresAt?: Date };

/** An API token of a user, in clear. */
export const makeToken = async (
  user: { id: string },
  { scopes = ["*"], expiresAt = new Date(Date.now() + 3_600_000) }: TokenOptions = {},
): Promise<string> => {
  const token = newSecret("slu");
  await asSystem("operations", (tx) =>
    tx.apiToken.create({
      data: {
        userId: user.id,
        name: "test",
        tokenHash: new Uint8Array(hashSecret(token)),
        hint: token.slice(0, 8),
        scopes: [...scopes],
        expiresAt,
      },
      select: { id: true },
    }),
  );
  return token;
};

type ActorOptions = { isAdministrator?: boolean; scopes?: readonly string[] };

/** A signed-in user with the given role in each of the teams. An administrator is owner of those given here. */
export const makeActor = async (
  roles: readonly (readonly [TestTeam, Role])[] = [],
  { isAdministrator = false, scopes = ["*"] }: ActorOptions = {},
): Promise<Actor> => {
  const user = await makeUser({ isAdministrator });
  const teams: TeamAccess[] = [];
  for (const [team, role] of roles) {
    if (!isAdministrator) await addMember(team, user, role);
    teams.push({ ...team, role: isAdministrator ? "owner" : role });
  }
  const via = { kind: "session", sessionId: randomUUID() } as const;
  const { id: userId, name, email } = user;
  return { userId, name, email, isAdministrator, mustChangePassword: false, teams, scopes, via };
};

const shortId = (): string => randomBytes(4).toString("hex");
