import { describe, expect, it } from "vitest";

import { clientAddress, senderOf } from "./client-address";

describe("the sender's address", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["10.0.0.1, 198.51.100.2, 203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["2001:DB8:0::1", "2001:db8::1"],
    ["<script>", "unknown"],
    ["", "unknown"],
  ])("of %j is %s: what the nearest hop saw", (forwarded, address) => {
    expect(clientAddress(new Headers({ "x-forwarded-for": forwarded }))).toBe(address);
  });

  it("counts a whole /64 as one sender", () => {
    expect(senderOf("2001:db8:1:2:aaaa::1")).toBe("2001:db8:1:2::/64");
    expect(senderOf("2001:db8:1:2:bbbb::9")).toBe("2001:db8:1:2::/64");
    expect(senderOf("203.0.113.7")).toBe("203.0.113.7");
    expect(senderOf("unknown")).toBe("unknown");
  });
});
