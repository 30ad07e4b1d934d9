import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import type { Route } from "@/lib/api/define-route";
import { isAdminPermission, PERMISSIONS, roleGrants } from "@/lib/domain/access/permissions";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeTeam, makeToken, makeUser } from "@/lib/testing/people";

import { ROUTES } from ".";

useTestDatabase();

const nameOf = ({ definition: { method, path } }: Route): string => `${method} ${path}`;

/** Path parameters that name nothing that exists. */
const nobody = (path: string): Record<string, string> =>
  Object.fromEntries(
    [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [
      name,
      name === "slug" ? "no-such-team" : randomUUID(),
    ]),
  );

const call = async ({ definition: { method, path }, handle }: Route, token?: string): Promise<number> => {
  const params = nobody(path);
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
  const hasBody = method !== "GET" && method !== "DELETE";
  const request = new Request(`http://localhost:3000/api/v1${address}`, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    ...(hasBody && { body: "{}" }),
  });
  return (await handle(request, { params: Promise.resolve(params) })).status;
};

const everyRoute = ROUTES.map((route) => [nameOf(route), route] as const);
let viewer: string;
let administrator: string;
let narrow: Map<string, string>;

beforeAll(async () => {
  const team = await makeTeam();
  const user = await makeUser();
  await addMember(team, user, "viewer");
  viewer = await makeToken(user);
  const root = await makeUser({ isAdministrator: true });
  administrator = await makeToken(root);
  // For each permission a token that has all the others.
  const tokens = PERMISSIONS.map(async (permission) => {
    const scopes = PERMISSIONS.filter((other) => other !== permission);
    return [permission, await makeToken(root, { scopes })] as const;
  });
  narrow = new Map(await Promise.all(tokens));
});

describe("every route of the API", () => {
  it.each(everyRoute)("%s turns an anonymous caller away", async (_name, route) => {
    expect(await call(route)).toBe(401);
  });

  it.each(everyRoute)("%s turns away a token that has every scope but its own", async (_name, route) => {
    expect(await call(route, narrow.get(route.definition.permission))).toBe(403);
  });

  const beyondViewers = everyRoute.filter(
    ([, { definition }]) =>
      isAdminPermission(definition.permission) || !roleGrants("viewer", definition.permission),
  );
  it.each(beyondViewers)("%s turns a viewer away", async (_name, route) => {
    expect(await call(route, viewer)).toBe(403);
  });

  const ofOneThing = everyRoute.filter(
    ([, { definition }]) => definition.path.includes("{") && ["GET", "DELETE"].includes(definition.method),
  );
  it.each(ofOneThing)("%s finds nothing behind an id that does not exist", async (_name, route) => {
    expect(await call(route, administrator)).toBe(404);
  });
});
