import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { findSender, watchSenders } from "./sender-address";

describe("the sender of a request", () => {
  const trustedProxies = ["10.9.0.0/16", "fd00::/8"];

  it.each([
    { from: "203.0.113.9", said: "", sender: "203.0.113.9", why: "is known by the socket" },
    { from: "203.0.113.9", said: "198.51.100.1", sender: "203.0.113.9", why: "cannot say to be another" },
    { from: "203.0.113.9", said: "198.51.100.1, 10.9.0.1", sender: "203.0.113.9", why: "nor name a proxy" },
    { from: "10.9.0.1", said: "203.0.113.7", sender: "203.0.113.7", why: "is whom a trusted proxy names" },
    { from: "::ffff:10.9.0.1", said: "203.0.113.7", sender: "203.0.113.7", why: "also on a dual socket" },
    { from: "10.9.0.1", said: "198.51.100.1, 203.0.113.7", sender: "203.0.113.7", why: "and no more" },
    { from: "fd00::1", said: "203.0.113.7, 10.9.4.4", sender: "203.0.113.7", why: "through several of them" },
    { from: "10.9.0.1", said: "203.0.113.7:41234", sender: "203.0.113.7", why: "without a port" },
    { from: "10.9.0.1", said: "[2001:db8::7]:41234", sender: "2001:db8::7", why: "nor that of IPv6" },
    { from: "10.9.0.1", said: "", sender: "10.9.0.1", why: "is the proxy where it names nobody" },
    { from: "10.9.0.1", said: "<script>", sender: "10.9.0.1", why: "or nonsense" },
  ])("$why (from $from with $said: $sender)", ({ from, said, sender }) => {
    expect(findSender({ socketAddress: from, forwarded: said, trustedProxies })).toBe(sender);
  });
});

describe("a process that serves", () => {
  const server = createServer((request, response) => {
    response.end(request.headers["x-forwarded-for"]);
  });
  let address = "";
  beforeAll(async () => {
    watchSenders([]);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it("lets nobody write the header by which senders are told apart", async () => {
    const forged = await fetch(address, { headers: { "x-forwarded-for": "203.0.113.7" } });
    expect(await forged.text()).toBe("127.0.0.1");
    expect(await (await fetch(address)).text()).toBe("127.0.0.1");
  });
});
