import { z } from "zod";

/** As `defineRoute` makes it. */
type AnyRoute = {
  definition: { method: string };
  handle: (request: Request, context: { params: Promise<unknown> }) => Promise<Response>;
};

type Call = {
  token?: string | undefined;
  /** Text goes as it is, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Below `/api/v1`, with its query. */
  path?: string;
  params?: Record<string, string>;
};

export const TEST_ORIGIN = "http://localhost:3000";

/** Calls a route of the API as Next does, and reads its answer whole. */
export const callRoute = async (
  { definition, handle }: AnyRoute,
  { token, body, headers = {}, path = "/", params = {} }: Call = {},
) => {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const request = new Request(`${TEST_ORIGIN}/api/v1${path}`, {
    method: definition.method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(text !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(text !== undefined && { body: text }),
  });
  const response = await handle(request, { params: Promise.resolve(params) });
  const answer = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    json: isJson(response, answer) ? z.record(z.string(), z.unknown()).parse(JSON.parse(answer)) : null,
  };
};

const isJson = ({ headers }: Response, answer: string): boolean =>
  answer !== "" && (headers.get("content-type") ?? "").includes("json");
