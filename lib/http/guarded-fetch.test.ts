import { afterEach, describe, expect, it } from "vitest";

import type { TlsTrust } from "./guarded-agent";
import { createGuardedFetch, type FetchRequest, type GuardedFetch } from "./guarded-fetch";
import { EXPIRED_CERTIFICATE } from "./testing/expired-certificate";
import { INTERNAL_CERTIFICATE } from "./testing/internal-certificate";
import { localServers } from "./testing/local-server";
import { readText } from "./testing/read-text";

const OTHER_AUTHORITY: TlsTrust = { caPem: EXPIRED_CERTIFICATE.cert, isInsecure: false };

const servers = localServers();
afterEach(() => servers.closeAll());

const openFetch = createGuardedFetch({ allowedCidrs: ["127.0.0.0/8"] });
const fetchText = async (fetch: GuardedFetch, url: string, request?: FetchRequest): Promise<string> =>
  readText((await fetch(url, request)).body);

describe("guarded fetch: where it may go", () => {
  it.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://0177.0x0.0.1/",
    "http://127.0.0.1./",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
    "http:127.0.0.1/",
    "http:/127.0.0.1/",
    "http:\\\\127.0.0.1\\",
    "HTTP://127.0.0.1/",
    "https://127.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://255.255.255.255/",
    "http://224.0.0.1/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://localhost/",
    "http://LOCALHOST./",
  ])("does not reach %s", async (url) => {
    const fetch = createGuardedFetch({
      resolve: (_hostname, done) => {
        done(null, [{ address: "127.0.0.1", family: 4 }]);
      },
    });

    await expect(fetch(url)).rejects.toMatchObject({
      code: "blocked_address",
      message: expect.stringContaining("FEED_ALLOWED_CIDRS") as unknown,
    });
  });

  it.each(["file:///etc/passwd", "ftp://example.com/", "gopher://x/", "data:text/csv,a", "javascript:1"])(
    "refuses the scheme of %s",
    async (url) => {
      await expect(openFetch(url)).rejects.toMatchObject({ code: "blocked_address" });
    },
  );

  it.each(["", "not an address", "//host/x", "http://"])("refuses %j, which is no address", async (url) => {
    await expect(openFetch(url)).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("refuses a password in the address without repeating it", async () => {
    await expect(openFetch("http://user:hunter2@127.0.0.1/")).rejects.toThrow(
      /^(?!.*hunter2).*authentication/s,
    );
  });

  it("refuses a name when any one of its addresses is private, and never connects", async () => {
    const fetch = createGuardedFetch({
      resolve: (_hostname, done) => {
        done(null, [
          { address: "8.8.8.8", family: 4 },
          { address: "10.2.0.7", family: 4 },
        ]);
      },
    });

    await expect(fetch("http://feed.example/")).rejects.toThrow("feed.example leads to 10.2.0.7");
  });

  it("looks a name up once and dials the very address it checked, so the name cannot change in between", async () => {
    const { port } = new URL(await servers.http((_request, response) => response.end("ok")));
    const answers = ["127.0.0.1", "169.254.169.254"];
    let lookups = 0;
    const fetch = createGuardedFetch({
      allowedCidrs: ["127.0.0.0/8"],
      resolve: (_hostname, done) => {
        done(null, [{ address: answers[lookups++] ?? "", family: 4 }]);
      },
    });

    await expect(fetchText(fetch, `http://rebind.example:${port}/`)).resolves.toBe("ok");
    expect(lookups).toBe(1);
  });

  it.each([22, 25, 6379])("does not talk to port %d", async (port) => {
    await expect(openFetch(`http://127.0.0.1:${String(port)}/`)).rejects.toMatchObject({
      code: "blocked_address",
    });
  });

  it("keeps to the ports it was given", async () => {
    const origin = await servers.http((_request, response) => response.end());
    const fetch = createGuardedFetch({ allowedCidrs: ["127.0.0.0/8"], allowedPorts: [443] });

    await expect(fetch(origin)).rejects.toThrow(`Port ${new URL(origin).port}`);
  });

  it("reaches exactly the origins it was told to", async () => {
    const sandbox = await servers.http((_request, response) => response.end("ok"));
    const other = await servers.http((_request, response) => response.end("other"));
    const fetch = createGuardedFetch({ allowedOrigins: [sandbox] });

    await expect(fetchText(fetch, `${sandbox}/feeds/x`)).resolves.toBe("ok");
    await expect(fetch(other)).rejects.toMatchObject({ code: "blocked_address" });
  });

  it("checks where a redirect leads, also from an allowed origin", async () => {
    const sandbox = await servers.http((_request, response) => {
      response.writeHead(302, { location: "http://169.254.169.254/latest" }).end();
    });
    const fetch = createGuardedFetch({ allowedOrigins: [sandbox] });

    await expect(fetch(sandbox)).rejects.toMatchObject({ code: "blocked_address" });
  });
});

describe("guarded fetch: redirects", () => {
  it("follows five, not six", async () => {
    const origin = await servers.http((request, response) => {
      const left = Number(new URL(request.url ?? "/", "http://x").pathname.slice(1));
      if (left === 0) response.end("there");
      else response.writeHead(302, { location: `/${String(left - 1)}` }).end();
    });

    await expect(fetchText(openFetch, `${origin}/5`)).resolves.toBe("there");
    await expect(openFetch(`${origin}/6`)).rejects.toThrow("more than 5 times");
  });

  it("notices a circle at once", async () => {
    let requests = 0;
    const origin = await servers.http((_request, response) => {
      requests += 1;
      response.writeHead(302, { location: "/" }).end();
    });

    await expect(openFetch(origin)).rejects.toThrow("in a circle");
    expect(requests).toBe(1);
  });

  it("does not carry credentials or configured headers to another origin", async () => {
    const seen: unknown[] = [];
    const other = await servers.http((request, response) => {
      seen.push(request.headers.authorization, request.headers["auth-key"], request.headers.cookie);
      response.end("data");
    });
    const start = await servers.http((request, response) => {
      seen.push(request.headers["auth-key"]);
      response.writeHead(302, { location: other }).end();
    });

    const response = await openFetch(start, {
      headers: { Authorization: "Bearer secret", "Auth-Key": "secret", Cookie: "a=b" },
    });
    response.discard();

    expect(seen).toEqual(["secret", undefined, undefined, undefined]);
    expect(response).toMatchObject({ hasLeftOrigin: true, finalUrl: `${other}/` });
  });

  it("says so when it ends at a sign-in page", async () => {
    const origin = await servers.http((request, response) => {
      if (request.url === "/list.csv") response.writeHead(302, { location: "/login?next=/list.csv" }).end();
      else response.writeHead(200, { "content-type": "text/html" }).end("<form>");
    });

    await expect(openFetch(`${origin}/list.csv`)).rejects.toThrow("sign-in page");
  });
});

describe("guarded fetch: hosts that cannot be reached", () => {
  it("names a name that does not exist", async () => {
    const fetch = createGuardedFetch({
      resolve: (_hostname, done) => {
        done(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []);
      },
    });

    await expect(fetch("http://nowhere.example/")).rejects.toThrow("nowhere.example does not exist in DNS");
  });

  it("names it as well when the system's own look-up says so", async () => {
    await expect(createGuardedFetch()("http://no-such-name.invalid/")).rejects.toMatchObject({
      code: "upstream_unavailable",
      message: expect.stringContaining("no-such-name.invalid") as unknown,
    });
  });

  it("says that nothing listens", async () => {
    const origin = await servers.http((_request, response) => response.end());
    await servers.closeAll();

    await expect(openFetch(origin)).rejects.toThrow("refused the connection");
  });

  it("says that a certificate has expired", async () => {
    const origin = await servers.https(EXPIRED_CERTIFICATE, (_request, response) => response.end());

    await expect(openFetch(origin)).rejects.toMatchObject({
      message: expect.stringMatching(/^The certificate of 127\.0\.0\.1:\d+ has expired/) as unknown,
      retry: "never",
    });
  });

  it.each<[string, TlsTrust | undefined, RegExp]>([
    ["nobody named", undefined, /is not from an authority this server trusts/],
    ["the feed names", { caPem: INTERNAL_CERTIFICATE.cert, isInsecure: false }, /^ok$/],
    ["is another one than the feed names", OTHER_AUTHORITY, /is not from an authority this server trusts/],
    ["need not be known, by the feed's own word", { caPem: null, isInsecure: true }, /^ok$/],
  ])("of an authority that %s", async (_who, tls, outcome) => {
    const origin = await servers.https(INTERNAL_CERTIFICATE, (_request, response) => response.end("ok"));
    const fetch = createGuardedFetch({ allowedCidrs: ["127.0.0.0/8"], ...(tls && { tls }) });

    const answer = fetch(origin).then(
      ({ body }) => readText(body),
      (error: unknown) => String(error),
    );

    await expect(answer).resolves.toMatch(outcome);
  });

  it("says that the port does not speak TLS", async () => {
    const origin = await servers.http((_request, response) => response.end());

    await expect(openFetch(origin.replace("http:", "https:"))).rejects.toThrow("does not speak TLS");
  });

  it("says that the answer is no HTTP", async () => {
    await expect(openFetch(await servers.raw("hello\r\n\r\n"))).rejects.toThrow("valid HTTP");
  });
});
