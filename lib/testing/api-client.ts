import type { z } from "zod";

import { callRoute } from "./call-route";

type Route = Parameters<typeof callRoute>[0] & { definition: { path: string } };
type Answer = Awaited<ReturnType<typeof callRoute>>;
type Sent = { body?: unknown; headers?: Record<string, string> | undefined };
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

type Observe = (call: string, answer: Answer) => void;

/**
 * Speaks to the API as a program does: by method and address, with a token or without one. The route is the one that Next
 * would take for the address. `observe` hears every answer, with method and path of its route.
 */
export const openApi =
  (routes: readonly Route[], observe: Observe = () => undefined) =>
  (token?: string) => {
    const send = async (method: Method, address: string, { body, headers }: Sent = {}): Promise<Answer> => {
      const { route, params } = findRoute(routes, method, address);
      const answer = await callRoute(route, { token, body, headers: headers ?? {}, path: address, params });
      observe(`${method} ${route.definition.path}`, answer);
      return answer;
    };
    return {
      get: (address: string, headers?: Record<string, string>) => send("GET", address, { headers }),
      post: (address: string, body?: unknown, headers?: Record<string, string>) =>
        send("POST", address, { body, headers }),
      put: (address: string, body: unknown) => send("PUT", address, { body }),
      patch: (address: string, body: unknown) => send("PATCH", address, { body }),
      remove: (address: string) => send("DELETE", address),
    };
  };
export type ApiClient = ReturnType<ReturnType<typeof openApi>>;

const findRoute = (routes: readonly Route[], method: Method, address: string) => {
  const parts = splitPath(new URL(address, "http://localhost").pathname);
  const found = routes
    .filter(({ definition }) => definition.method === method)
    .flatMap((route) => {
      const params = matchPath(splitPath(route.definition.path), parts);
      return params ? [{ route, params }] : [];
    })
    // A name written out beats a parameter.
    .sort((one, other) => Object.keys(one.params).length - Object.keys(other.params).length);
  const [best] = found;
  if (!best) throw new Error(`The API has no ${method} ${address}.`);
  return best;
};

const splitPath = (path: string): string[] => path.split("/").filter(Boolean);

const matchPath = (pattern: readonly string[], parts: readonly string[]): Record<string, string> | null => {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const given = decodeURIComponent(parts[index] ?? "");
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name !== undefined) params[name] = given;
    else if (part !== given) return null;
  }
  return params;
};

/** What an answer says, once its status is the expected one; a refusal shows its own words. */
export const read = <Schema extends z.ZodType>(
  { status, text, json }: Answer,
  expected: number,
  schema: Schema,
): z.output<Schema> => {
  if (status !== expected)
    throw new Error(`Answered ${String(status)} instead of ${String(expected)}: ${text}`);
  return schema.parse(json);
};
