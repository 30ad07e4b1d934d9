export type Headers = Readonly<Record<string, string>>;

/** What is sent back. A body that is an iterable is streamed. */
export type Reply = {
  status: number;
  headers: Headers;
  body: string | Buffer | AsyncIterable<Buffer>;
  /** Cut the connection after this many bytes of the body, although its whole length was announced. */
  cutAfterBytes?: number;
};

/** Ends a handler early with a finished answer. */
export class Refusal extends Error {
  constructor(readonly reply: Reply) {
    super(`Refused with ${String(reply.status)}.`);
    this.name = "Refusal";
  }
}

/** A JSON answer. */
export const json = (status: number, value: unknown, headers: Headers = {}): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(value),
});

/** An answer of any text type. */
export const text = (status: number, contentType: string, body: string, headers: Headers = {}): Reply => ({
  status,
  headers: { "content-type": contentType, ...headers },
  body,
});

/** An answer without a body. */
export const empty = (status: number, headers: Headers = {}): Reply => ({ status, headers, body: "" });

/** "See other": the answer to a form that has done its work. */
export const seeOther = (location: string): Reply => empty(303, { location });
