import { expect, it } from "vitest";

import type { OpenAddress } from "@/lib/feeds/source";
import { describeNetworkFailure } from "@/lib/http/describe-network-failure";

import { createSearch } from "./search";

const searchThatFails = (code: string) => {
  const open: OpenAddress = () =>
    Promise.reject(describeNetworkFailure(Object.assign(new Error(code), { code }), "misp.example.com"));
  const search = createSearch("https://misp.example.com", { open, signal: new AbortController().signal });
  return search({}, { page: 1, limit: 100 });
};

it.each([
  ["ENOTFOUND", /does not exist in DNS/],
  ["ECONNREFUSED", /refused the connection/],
  ["UND_ERR_CONNECT_TIMEOUT", /did not accept the connection in time/],
])("says what is wrong when no server was reached: %s", async (code, sentence) => {
  await expect(searchThatFails(code)).rejects.toThrow(sentence);
});

it.each(["ECONNRESET", "UND_ERR_HEADERS_TIMEOUT"])(
  "tries a smaller page when a server was, and broke off: %s",
  async (code) => {
    expect(await searchThatFails(code)).toMatchObject({ ok: false });
  },
);
