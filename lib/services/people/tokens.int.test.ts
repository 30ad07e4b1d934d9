import { describe, expect, it } from "vitest";

import { findActorByToken } from "@/lib/auth/find-actor";
import { asSystem } from "@/lib/db/scope";
import { can } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeActor, makeTeam, makeUser } from "@/lib/testing/people";

import { createApiToken, createApiTokenFor, tokenInputSchema } from "./create-api-token";
import { listTokens, revokeToken } from "./tokens";

const { asOwner } = useTestDatabase();
const DAY_MS = 24 * 3_600_000;
const input = (over: object = {}) => tokenInputSchema.parse({ name: "ci", scopes: ["feed.read"], ...over });

describe("an API token", () => {
  it("speaks for its user within its scopes", async () => {
    const team = await makeTeam();
    const owner = await makeActor([[team, "owner"]]);
    const { token } = await createApiToken(owner, input({ scopes: ["feed.read", "recall.write"] }));

    const actor = await findActorByToken(token);

    expect(actor).toMatchObject({
      userId: owner.userId,
      scopes: ["feed.read", "recall.write"],
      via: { kind: "token" },
    });
    if (!actor) return;
    expect(can(actor, "feed.read", team.id)).toBe(true);
    expect(can(actor, "recall.write", team.id)).toBe(true);
    expect(can(actor, "feed.write", team.id)).toBe(false);
  });

  it("lasts 90 days unless told otherwise, and 365 at most", async () => {
    const actor = await makeActor();
    const now = new Date();
    const { token, expiresAt } = await createApiToken(actor, input(), now);
    expect(expiresAt.getTime() - now.getTime()).toBe(90 * DAY_MS);
    expect(await findActorByToken(token, new Date(expiresAt.getTime() - 1))).not.toBeNull();
    expect(await findActorByToken(token, expiresAt)).toBeNull();
    expect(tokenInputSchema.safeParse({ name: "x", scopes: ["*"], expiresInDays: 366 }).success).toBe(false);
    expect(tokenInputSchema.safeParse({ name: "x", scopes: ["feed.everything"] }).success).toBe(false);
    expect(tokenInputSchema.safeParse({ name: "x", scopes: [] }).success).toBe(false);
  });

  it("ends at once when revoked", async () => {
    const actor = await makeActor();
    const { id, token } = await createApiToken(actor, input());
    await revokeToken(actor, id);
    expect(await findActorByToken(token)).toBeNull();
    const { tokens } = await listTokens(actor, { limit: 10 });
    expect(tokens).toEqual([expect.objectContaining({ id, revokedAt: expect.any(Date) as Date })]);
  });

  it("made by a token reaches no further than that one", async () => {
    const actor = { ...(await makeActor()), scopes: ["token.write", "feed.read"] };
    await expect(createApiToken(actor, input())).resolves.toBeDefined();
    for (const scopes of [["*"], ["feed.write"], ["feed.read", "admin.users"]])
      await expect(createApiToken(actor, input({ scopes }))).rejects.toThrow("reaches further than itself");
  });

  it("is stored as a hash only; its audit entry names it without holding it", async () => {
    const actor = await makeActor();
    const { token } = await createApiToken(actor, input());
    const { rows } = await asOwner((client) =>
      client.query(
        "SELECT api_token::text AS row FROM api_token UNION ALL SELECT canonical FROM audit_entry",
      ),
    );
    expect(JSON.stringify(rows)).not.toContain(token.slice(8));
    expect(JSON.stringify(rows)).toContain("token.create");
  });

  it("notes when it was used, once a minute at most", async () => {
    const { id, token } = await createApiToken(await makeActor(), input());
    const start = Date.now();
    const lastUsed = () =>
      asSystem("sign-in", async (tx) => {
        const row = await tx.apiToken.findUnique({ where: { id }, select: { lastUsedAt: true } });
        return (row?.lastUsedAt?.getTime() ?? 0) - start;
      });

    await findActorByToken(token, new Date(start));
    await findActorByToken(token, new Date(start + 59_999));
    expect(await lastUsed()).toBe(0);
    await findActorByToken(token, new Date(start + 60_000));
    expect(await lastUsed()).toBe(60_000);
  });

  it("works while its user has a temporary password: that binds who signs in with it", async () => {
    const user = await makeUser({ mustChangePassword: true, isAdministrator: true });
    const { token } = await createApiTokenFor({
      email: user.email.toUpperCase(),
      name: "script",
      scopes: ["*"],
    });
    expect(await findActorByToken(token)).toMatchObject({ userId: user.id, mustChangePassword: false });
  });

  it("is not made for an unknown or disabled user, nor with an unknown scope", async () => {
    const user = await makeUser();
    const disabled = await makeUser({ disabledAt: new Date() });
    const make = (email: string, scope: string) => createApiTokenFor({ email, name: "x", scopes: [scope] });

    await expect(make("nobody@example.test", "*")).rejects.toMatchObject({ code: "not_found" });
    await expect(make(disabled.email, "*")).rejects.toMatchObject({ code: "not_found" });
    await expect(make(user.email, "everything")).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("is listed page by page, newest first, to its user alone", async () => {
    const actor = await makeActor();
    for (const name of ["a", "b", "c"]) await createApiToken(actor, input({ name }));

    const first = await listTokens(actor, { limit: 2 });
    const second = await listTokens(actor, { limit: 2, after: first.next ?? undefined });

    expect([...first.tokens, ...second.tokens].map(({ name }) => name)).toEqual(["c", "b", "a"]);
    expect(second.next).toBeNull();
    expect(JSON.stringify(first)).not.toContain("Hash");
    expect((await listTokens(await makeActor(), { limit: 2 })).tokens).toEqual([]);
  });

  it("reaches the teams of its user as they are now", async () => {
    const team = await makeTeam();
    const user = await makeUser();
    await addMember(team, user, "viewer");
    const { token } = await createApiTokenFor({ email: user.email, name: "x", scopes: ["*"] });
    await asOwner((client) => client.query("UPDATE team SET archived_at = now() WHERE id = $1", [team.id]));
    expect((await findActorByToken(token))?.teams).toEqual([]);
  });
});
