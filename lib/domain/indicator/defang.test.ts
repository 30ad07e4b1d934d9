import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { defang } from "./defang";
import { normalise } from "./normalise";
import { refang } from "./refang";

describe("defang", () => {
  it.each([
    ["ipv4", "203.0.113.7", "203[.]0[.]113[.]7"],
    ["ipv4-cidr", "203.0.113.0/24", "203[.]0[.]113[.]0/24"],
    ["ipv6", "2001:db8::1", "2001[:]db8::1"],
    ["domain", "evil.co.uk", "evil[.]co[.]uk"],
    ["email", "a.b@evil.com", "a.b[@]evil[.]com"],
    ["url", "https://evil.com:8080/a.php?x=b.c", "hxxps://evil[.]com:8080/a.php?x=b.c"],
    ["url", "ftp://203.0.113.7/a", "fxp://203[.]0[.]113[.]7/a"],
    ["url", "tcp://evil.com:443/", "tcp[://]evil[.]com:443/"],
    ["md5", "44d88612fea8a8f36de82e1278abb02f", "44d88612fea8a8f36de82e1278abb02f"],
  ] as const)("shows the %s %s harmlessly", (type, value, shown) => {
    expect(defang(type, value)).toBe(shown);
  });

  it("can always be undone", () => {
    const host = fc.oneof(fc.domain({ size: "xsmall" }), fc.ipV4());
    const path = fc.webPath({ size: "xsmall" });
    const values = fc.oneof(
      host,
      fc.ipV6(),
      fc
        .tuple(fc.constantFrom("http", "https", "ftp", "ldap"), host, path)
        .map(([s, h, p]) => `${s}://${h}${p}`),
      host.map((name) => `a.b+c@${name}`),
    );
    fc.assert(
      fc.property(values, (raw) => {
        const result = normalise(raw);
        fc.pre(result.ok);
        const { type, value } = result.value;
        expect(refang(defang(type, value))).toBe(value);
        expect(normalise(defang(type, value))).toMatchObject({ ok: true, value: { type, value } });
      }),
    );
  }, 30_000);
});
