import { beforeEach, describe, expect, it } from "vitest";

import { findActorBySession } from "@/lib/auth/find-actor";
import { SESSION_IDLE_MS, SESSION_LIFETIME_MS } from "@/lib/auth/session-rules";
import { asSystem } from "@/lib/db/scope";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeTeam, makeUser, type TestUser } from "@/lib/testing/people";

import { changePassword } from "./change-password";
import { listSessions, revokeSession, signOut } from "./sessions";
import { signIn } from "./sign-in";
import { updateUser } from "./users";

const { asOwner } = useTestDatabase();
const PASSWORD = "correct horse battery staple";
const WRONG = "E-mail or password is wrong.";

const request = (email: string, password: string, address = "203.0.113.7") => ({
  email,
  password,
  address,
  userAgent: "test",
  previousSessionId: null,
});

const actorOf = async (sessionId: string, now?: Date) => {
  const actor = await findActorBySession(sessionId, now);
  if (!actor) throw new Error("The session should be live.");
  return actor;
};

let user: TestUser;
beforeEach(async () => {
  await asOwner((client) => client.query("TRUNCATE rate_limit"));
  user = await makeUser({ password: PASSWORD });
});

describe("signing in", () => {
  it("opens a session that speaks for the user and their teams", async () => {
    const team = await makeTeam();
    await addMember(team, user, "analyst");

    const actor = await findActorBySession(await signIn(request(user.email, PASSWORD)));

    expect(actor).toMatchObject({
      userId: user.id,
      teams: [{ ...team, role: "analyst" }],
      scopes: ["*"],
      mustChangePassword: false,
    });
  });

  it.each(["UPPER", " spaces ", "ｆｕｌｌ ｗｉｄｔｈ"])(
    "knows the address however it is written: %s",
    async (how) => {
      const spellings: Record<string, string> = {
        UPPER: user.email.toUpperCase(),
        " spaces ": `  ${user.email} `,
        "ｆｕｌｌ ｗｉｄｔｈ": user.email.replace("user", "ｕｓｅｒ"),
      };
      await expect(signIn(request(spellings[how] ?? "", PASSWORD))).resolves.toBeTypeOf("string");
    },
  );

  it("gives one answer for a wrong password, an unknown address, a disabled user and one without a password", async () => {
    const disabled = await makeUser({ password: PASSWORD, disabledAt: new Date() });
    const invited = await makeUser();

    await expect(signIn(request(user.email, "wrong password!"))).rejects.toThrow(WRONG);
    await expect(signIn(request("nobody@example.test", PASSWORD))).rejects.toThrow(WRONG);
    await expect(signIn(request(disabled.email, PASSWORD))).rejects.toThrow(WRONG);
    await expect(signIn(request(invited.email, PASSWORD))).rejects.toThrow(WRONG);
  });

  it("ends the session that the browser still had", async () => {
    const first = await signIn(request(user.email, PASSWORD));
    const second = await signIn({ ...request(user.email, PASSWORD), previousSessionId: first });

    expect(second).not.toBe(first);
    expect(await findActorBySession(first)).toBeNull();
    expect(await findActorBySession(second)).not.toBeNull();
  });

  it("writes the sign-in into the audit log, without the password", async () => {
    const sessionId = await signIn(request(user.email, PASSWORD));
    const entry = await asSystem("audit", (tx) =>
      tx.auditEntry.findFirst({ where: { subjectId: sessionId }, select: { action: true, canonical: true } }),
    );
    expect(entry?.action).toBe("session.open");
    expect(entry?.canonical).not.toContain(PASSWORD);
  });
});

describe("guessing", () => {
  it("is stopped by account after five failures, whatever the address and spelling, and says how long", async () => {
    const spellings = [user.email, user.email.toUpperCase(), ` ${user.email}`, user.email, `${user.email} `];
    for (const [index, spelling] of spellings.entries())
      await expect(signIn(request(spelling, "wrong", `198.51.100.${String(index)}`))).rejects.toThrow(WRONG);

    await expect(signIn(request(user.email, PASSWORD, "192.0.2.1"))).rejects.toMatchObject({
      code: "throttled",
      message: "Too many attempts. Try again in 5 minutes.",
      context: { retryAfterSeconds: 300 },
    });
  });

  it("is stopped also when twenty attempts are sent at once", async () => {
    const attempts = Array.from({ length: 20 }, (_, index) =>
      signIn(request(user.email, `wrong ${String(index)}`, `198.51.100.${String(index)}`)).catch(String),
    );
    const answers = await Promise.all(attempts);

    expect(answers.filter((answer) => answer.includes(WRONG))).toHaveLength(5);
    expect(answers.filter((answer) => answer.includes("Too many attempts"))).toHaveLength(15);
  });

  it("is stopped by address after thirty failures across accounts", async () => {
    for (let index = 0; index < 30; index += 1)
      await expect(signIn(request(`nobody-${String(index)}@example.test`, "wrong"))).rejects.toThrow(WRONG);

    await expect(signIn(request(user.email, PASSWORD))).rejects.toThrow("Try again in 15 minutes.");
    await expect(signIn(request(user.email, PASSWORD, "192.0.2.9"))).resolves.toBeTypeOf("string");
  });

  it("is forgiven once the password was proved", async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 4; index += 1)
        await expect(signIn(request(user.email, "wrong"))).rejects.toThrow(WRONG);
      await expect(signIn(request(user.email, PASSWORD))).resolves.toBeTypeOf("string");
    }
  });

  it("is noted once in the audit log when it is stopped", async () => {
    for (let index = 0; index < 9; index += 1)
      await signIn(request(user.email, "wrong", `198.51.100.${String(index)}`)).catch(() => undefined);

    const entries = await asSystem("audit", (tx) =>
      tx.auditEntry.count({ where: { action: "session.throttled", subjectId: user.id } }),
    );
    expect(entries).toBe(1);
  });

  it("is refused when the attempts cannot be counted", async () => {
    await asOwner((client) => client.query("ALTER TABLE rate_limit RENAME TO rate_limit_away"));
    try {
      await expect(signIn(request(user.email, PASSWORD))).rejects.toThrow("rate_limit");
    } finally {
      await asOwner((client) => client.query("ALTER TABLE rate_limit_away RENAME TO rate_limit"));
    }
  });
});

describe("a session", () => {
  it("ends after two idle hours, and twelve hours after sign-in however busy", async () => {
    const start = new Date();
    const after = (ms: number) => new Date(start.getTime() + ms);
    const idle = await signIn(request(user.email, PASSWORD), start);
    expect(await findActorBySession(idle, after(SESSION_IDLE_MS))).toBeNull();

    const busy = await signIn(request(user.email, PASSWORD), start);
    for (let ms = 0; ms < SESSION_LIFETIME_MS; ms += SESSION_IDLE_MS / 2)
      expect(await findActorBySession(busy, after(ms))).not.toBeNull();
    expect(await findActorBySession(busy, after(SESSION_LIFETIME_MS))).toBeNull();
  });

  it("writes when it was last seen once a minute at most", async () => {
    const start = new Date();
    const sessionId = await signIn(request(user.email, PASSWORD), start);
    const lastSeen = async () =>
      asSystem("sign-in", async (tx) => {
        const session = await tx.session.findUnique({
          where: { id: sessionId },
          select: { lastSeenAt: true },
        });
        return session?.lastSeenAt.getTime();
      });

    await findActorBySession(sessionId, new Date(start.getTime() + 59_000));
    expect(await lastSeen()).toBe(start.getTime());
    await findActorBySession(sessionId, new Date(start.getTime() + 60_000));
    expect(await lastSeen()).toBe(start.getTime() + 60_000);
  });

  it("ends at once by signing out, by revoking, and when its user is disabled", async () => {
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => signIn(request(user.email, PASSWORD))));
    const actor = await actorOf(one ?? "");

    await signOut(three ?? "");
    expect(await findActorBySession(three ?? "")).toBeNull();

    expect(await listSessions(actor)).toHaveLength(2);
    await revokeSession(actor, two ?? "");
    expect(await findActorBySession(two ?? "")).toBeNull();

    const administrator = await makeUser({ isAdministrator: true, password: PASSWORD });
    const root = await actorOf(await signIn(request(administrator.email, PASSWORD)));
    await updateUser(root, user.id, { disabled: true });
    expect(await findActorBySession(one ?? "")).toBeNull();
  });

  it("shows a role's change with the next request", async () => {
    const team = await makeTeam();
    await addMember(team, user, "viewer");
    const sessionId = await signIn(request(user.email, PASSWORD));
    await asOwner((client) =>
      client.query("UPDATE membership SET role = 'owner' WHERE user_id = $1", [user.id]),
    );

    expect((await actorOf(sessionId)).teams).toEqual([{ ...team, role: "owner" }]);
  });
});

describe("changing the password", () => {
  const NEXT = "an entirely other sentence";

  it("needs the present one, ends the other sessions and keeps this one", async () => {
    const [here, elsewhere] = await Promise.all([1, 2].map(() => signIn(request(user.email, PASSWORD))));
    const actor = await actorOf(here ?? "");
    const address = "203.0.113.7";

    await expect(changePassword(actor, { current: "wrong", next: NEXT, address })).rejects.toMatchObject({
      fields: [{ pointer: "/current" }],
    });
    await expect(changePassword(actor, { current: PASSWORD, next: PASSWORD, address })).rejects.toThrow(
      "the password you have now",
    );
    await expect(changePassword(actor, { current: PASSWORD, next: "Password1234", address })).rejects.toThrow(
      "tried first",
    );
    expect(await changePassword(actor, { current: PASSWORD, next: NEXT, address })).toEqual({
      endedSessions: 1,
    });

    expect(await findActorBySession(elsewhere ?? "")).toBeNull();
    expect(await findActorBySession(here ?? "")).not.toBeNull();
    await expect(signIn(request(user.email, PASSWORD))).rejects.toThrow(WRONG);
    await expect(signIn(request(user.email, NEXT))).resolves.toBeTypeOf("string");
  });

  it("lifts the duty to change a temporary one", async () => {
    const temporary = await makeUser({ password: PASSWORD, mustChangePassword: true });
    const sessionId = await signIn(request(temporary.email, PASSWORD));
    expect((await actorOf(sessionId)).mustChangePassword).toBe(true);

    await changePassword(await actorOf(sessionId), { current: PASSWORD, next: NEXT, address: "203.0.113.7" });

    expect((await actorOf(sessionId)).mustChangePassword).toBe(false);
  });

  it("stops guessing the present one, like signing in does", async () => {
    const actor = await actorOf(await signIn(request(user.email, PASSWORD)));
    for (let index = 0; index < 5; index += 1)
      await changePassword(actor, { current: "wrong", next: NEXT, address: "203.0.113.7" }).catch(
        () => undefined,
      );

    await expect(
      changePassword(actor, { current: PASSWORD, next: NEXT, address: "203.0.113.7" }),
    ).rejects.toMatchObject({ code: "throttled" });
  });

  it("is not for a token", async () => {
    const actor = await actorOf(await signIn(request(user.email, PASSWORD)));
    await expect(
      changePassword(
        { ...actor, via: { kind: "token", tokenId: "t" } },
        { current: PASSWORD, next: NEXT, address: "" },
      ),
    ).rejects.toMatchObject({ code: "forbidden" });
  });
});
