import { describe, expect, it } from "vitest";

import { emptyKeys, lacksKeys, putKeys, takeKeys, wantsKeys } from "./address-keys";

const BASE = "https://feeds.example.com/list";

describe("the keys of an address", () => {
  it.each([
    `${BASE}?apikey=abc`,
    `${BASE}?type=csv&api_key=a%2Fb&page=1#top`,
    `${BASE}?token=abc&Access_Token=def`,
    `${BASE}?auth=a&auth=b`,
    `${BASE}?sv=2024&sig=abc%3D`,
    `${BASE}?X-Amz-Signature=abc`,
    `${BASE}?q=a b&client_secret=abc`,
    `${BASE}?x-key=abc`,
    `${BASE}?code=abc`,
    `${BASE}?accessKey=abc`,
    `${BASE}?subscriptionKey=abc`,
    `${BASE}?privatekey=abc`,
    `${BASE}?authorization=abc`,
    `${BASE}?authCode=abc`,
    `${BASE}?passwd=abc&user_pass=1`,
  ])("are taken out of %s and put back as they were", (address) => {
    const taken = takeKeys(address);

    expect(taken.address).toContain("={sealed}");
    expect(Object.values(taken.keys).flat()).not.toHaveLength(0);
    for (const key of Object.values(taken.keys).flat()) expect(taken.address).not.toContain(`=${key}`);
    expect(wantsKeys(taken.address)).toBe(true);
    expect(putKeys(taken.address, taken.keys)).toBe(address);
  });

  it.each([
    BASE,
    `${BASE}?`,
    `${BASE}?author=me&keyword=you&keys`,
    `${BASE}?apikey=`,
    `${BASE}?sort_key=a&page_token=2&continuation_token=b`,
    `${BASE}?country_code=US&status_code=200`,
    `${BASE}?%E0%A4%A=1`,
  ])("are none in %s", (address) => {
    expect(takeKeys(address)).toEqual({ address, keys: {} });
    expect(wantsKeys(address)).toBe(false);
    expect(putKeys(address, {})).toBe(address);
  });

  it("that are not there leave the address without", () => {
    expect(putKeys(`${BASE}?apikey={sealed}`, { token: ["abc"] })).toBeNull();
  });

  it("are known where a browser wrote the braces otherwise", () => {
    expect(putKeys(`${BASE}?apikey=%7Bsealed%7D`, { apikey: ["abc"] })).toBe(`${BASE}?apikey=abc`);
  });

  it("are emptied for whoever must not have them", () => {
    expect(lacksKeys(`${BASE}?type=csv&apikey=`)).toBe(true);
    expect(lacksKeys(`${BASE}?type=&apikey=abc`)).toBe(false);
    expect(emptyKeys(`${BASE}?type=csv&apikey=abc&token={sealed}`)).toBe(`${BASE}?type=csv&apikey=&token=`);
  });
});
