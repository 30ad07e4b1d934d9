import { type Call } from "../http/call";

import { refuse } from "./errors";

export type Page<T> = { value: T[]; nextSkip: number | null };

/** One page of a list and where the next one begins. */
export const pageOf = <T>(all: readonly T[], skip: number, size: number): Page<T> => {
  const value = all.slice(skip, skip + size);
  const nextSkip = skip + value.length;
  return { value, nextSkip: nextSkip < all.length ? nextSkip : null };
};

/** How many items a skip token leaves out; throws 400 for a token that was not given out here. */
export const skipOf = (token: string | null | undefined): number => {
  if (token === null || token === undefined || token === "") return 0;
  const text = Buffer.from(token, "base64url").toString("utf8");
  const count = /^skip:(\d{1,9})$/.exec(text)?.[1];
  if (count === undefined) throw refuse(400, "BadRequest", "The skip token is invalid.");
  return Number(count);
};

/** The address of the next page: the same request with another token. The body is to be sent again. */
export const nextLinkOf = (call: Call, nextSkip: number | null): { nextLink?: string } => {
  if (nextSkip === null) return {};
  const query = new URLSearchParams(call.query);
  query.set("$skipToken", Buffer.from(`skip:${String(nextSkip)}`).toString("base64url"));
  return { nextLink: `${call.origin}${call.path}?${query.toString()}` };
};
