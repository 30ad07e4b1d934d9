import { type World } from "../world";

import { type Call } from "./call";
import { type Reply } from "./reply";

export type Handler = (call: Call, world: World) => Reply | Promise<Reply>;

/** `path` is made of literal segments (compared without regard to case), `:name` and, at the end only, `*name`. */
export type Route = { method: string; path: string; handle: Handler };

type Match =
  | { status: "found"; handle: Handler; params: Record<string, string> }
  | { status: "wrong-method"; allowed: string[] }
  | { status: "none" };

/** Finds the route of a request. HEAD is answered by the GET route. The first declared route that fits wins. */
export const findRoute = (routes: readonly Route[], method: string, path: string): Match => {
  const wanted = method === "HEAD" ? "GET" : method;
  const given = path.split("/");
  const allowed: string[] = [];
  for (const route of routes) {
    const params = matchPath(route.path.split("/"), given);
    if (params === null) continue;
    if (route.method === wanted) return { status: "found", handle: route.handle, params };
    allowed.push(route.method);
  }
  return allowed.length > 0 ? { status: "wrong-method", allowed } : { status: "none" };
};

const matchPath = (pattern: string[], given: string[]): Record<string, string> | null => {
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    if (wanted.startsWith("*")) {
      const rest = decode(given.slice(index).join("/"));
      if (rest === null) return null;
      params[wanted.slice(1)] = rest;
      return params;
    }
    const segment = given[index];
    if (segment === undefined) return null;
    if (wanted.startsWith(":")) {
      const value = decode(segment);
      if (value === null || value === "") return null;
      params[wanted.slice(1)] = value;
    } else if (wanted.toLowerCase() !== segment.toLowerCase()) {
      return null;
    }
  }
  return pattern.length === given.length ? params : null;
};

const decode = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};
