import { CONTROL_ROUTES } from "./control/routes";
import { defenderError } from "./defender/errors";
import { DEFENDER_ROUTES } from "./defender/routes";
import { ENTRA_ROUTES } from "./entra/routes";
import { FEED_ROUTES } from "./feeds/routes";
import { type Answer } from "./http/listener";
import { text, type Headers, type Reply } from "./http/reply";
import { findRoute, type Route } from "./http/router";
import { PAGE_ROUTES } from "./pages/routes";
import { sentinelError } from "./sentinel/errors";
import { SENTINEL_ROUTES } from "./sentinel/routes";

const ROUTES: Route[] = [
  ...ENTRA_ROUTES,
  ...DEFENDER_ROUTES,
  ...SENTINEL_ROUTES,
  ...FEED_ROUTES,
  ...CONTROL_ROUTES,
  ...PAGE_ROUTES,
];

/** Finds the handler of a call and runs it; an unknown path is refused in the words of the service it is addressed to. */
export const answer: Answer = async (call, world) => {
  const match = findRoute(ROUTES, call.method, call.path);
  if (match.status === "found") return match.handle(Object.assign(call, { params: match.params }), world);
  return match.status === "wrong-method"
    ? refusal(call.path, 405, "MethodNotAllowed", `${call.method} is not allowed here.`, {
        allow: match.allowed.join(", "),
      })
    : refusal(call.path, 404, "NotFound", `Nothing answers at ${call.path}.`);
};

const refusal = (
  path: string,
  status: number,
  code: string,
  message: string,
  headers: Headers = {},
): Reply => {
  if (/^\/defender\//i.test(path)) return defenderError(status, code, message, headers);
  if (/^\/(?:arm|sentinel|entra|graph|logs|_control)\//i.test(path))
    return sentinelError(status, code, message, headers);
  return text(status, "text/plain; charset=utf-8", `${message}\n`, headers);
};
