import { subscribe, unsubscribe } from "node:diagnostics_channel";
import dns, { type LookupAddress, type LookupOptions } from "node:dns";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { createServer as createTcpServer, type Server as TcpServer } from "node:net";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";
import { feedPreviewSchema, feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { FeedKind } from "@/lib/domain/feed/kinds";
import { useTestDatabase } from "@/lib/testing/database";
import { makeTeam, type TestTeam } from "@/lib/testing/people";

import { checkFeed } from "./check-feed";
import { fetchFeed } from "./fetch-feed";
import { previewFeed } from "./preview-feed";

// Here a server of this machine may be reached as a network of the operator's may, and name resolution is what an attacker's
// name server would answer: the system's own is replaced below the product, so every path uses what it uses in production.

useTestDatabase();

const NO_SECRETS = { headers: {}, auth: { type: "none" } } as const;
const KEY = { headers: {}, auth: { type: "misp", key: "k".repeat(40) } } as const;
const EVENT = "5f0c1e00-0001-4b0b-8c0c-000000000001";
const TAXII = "application/taxii+json;version=2.1";
const COLLECTION = { id: EVENT, title: "x", can_read: true, can_write: false };

let team: TestTeam;
/** What the name leads to, look by look; the last answer stays. */
let answers: readonly (readonly string[])[] = [];
let looks = 0;
let requests: string[] = [];
let connections = 0;
let stolen = 0;

// Each connection ends with its answer, so that the next request has to look the name up again.
const server: HttpServer = createHttpServer((request, response) => {
  const path = request.url ?? "/";
  requests.push(path);
  const json = (value: unknown, type = "application/json"): void => {
    response.writeHead(200, { "content-type": type, connection: "close" }).end(JSON.stringify(value));
  };
  if (path === "/misp/manifest.json")
    json({ [EVENT]: { info: "x", date: "2026-11-24", timestamp: 1, Orgc: { name: "x", uuid: EVENT } } });
  else if (path === "/taxii/") json({ title: "x", api_roots: [place("/root/")] }, TAXII);
  else if (path === `/root/collections/${EVENT}/`) json(COLLECTION, TAXII);
  else if (path.startsWith(`/root/collections/${EVENT}/objects/`))
    json({ more: true, next: "2", objects: [] }, TAXII);
  else response.writeHead(307, { location: place("/again"), connection: "close" }).end();
});
server.on("connection", () => {
  connections += 1;
});
/** The same port of an address of this machine that is not allowed. */
const neighbour: TcpServer = createTcpServer((socket) => {
  stolen += 1;
  socket.destroy();
});
const portOf = (listening: HttpServer): number => {
  const address = listening.address();
  if (address === null || typeof address === "string") throw new Error("The test server has no port.");
  return address.port;
};
const place = (path: string): string => `http://rebind.example:${String(portOf(server))}${path}`;

let connected = 0;
const note = (): void => {
  connected += 1;
};

const lookup = dns.lookup;
const resolveAsAttacker = (
  name: string,
  options: LookupOptions,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
): void => {
  if (!name.endsWith(".example")) {
    Reflect.apply(lookup, dns, [name, options, done]);
    return;
  }
  const found = answers[Math.min(looks, answers.length - 1)] ?? [];
  looks += 1;
  done(
    null,
    found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
  );
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => neighbour.listen(portOf(server), "::1", resolve));
  process.env["FEED_ALLOWED_CIDRS"] = "127.0.0.1/32";
  dns.lookup = resolveAsAttacker as typeof dns.lookup;
  syncBuiltinESMExports();
  subscribe("undici:client:connected", note);
  team = await makeTeam();
});
afterAll(() => {
  unsubscribe("undici:client:connected", note);
  dns.lookup = lookup;
  syncBuiltinESMExports();
  delete process.env["FEED_ALLOWED_CIDRS"];
  neighbour.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  [looks, connections, stolen, connected, requests] = [0, 0, 0, 0, []];
});

const secretsOf = (kind: FeedKind) => (kind === "misp-server" ? KEY : NO_SECRETS);

const fetchAs = (kind: FeedKind, path: string) =>
  fetchFeed({
    ...{ kind, url: place(path), secrets: secretsOf(kind), teamId: team.id, feedId: null, retries: 0 },
    ...{ settings: feedSettingsSchema.parse({}), signal: AbortSignal.timeout(10_000), now: new Date() },
  });

const inputOf = (kind: FeedKind, path: string) =>
  feedPreviewSchema.parse({ team: team.slug, kind, url: place(path), ...secretsOf(kind) });

const preview = (kind: FeedKind, path: string) => previewFeed(team.id, inputOf(kind, path));

const check = async (kind: FeedKind, path: string) => {
  const { checks } = await checkFeed(inputOf(kind, path));
  const failed = checks.find(({ ok }) => !ok);
  if (failed) throw new AppError("blocked_address", failed.detail);
};

/** Ways to the network that ask more than once: what is asked first may be reached. */
const SECOND_REQUESTS: Readonly<Record<string, () => Promise<unknown>>> = {
  "a list's redirect": () => fetchAs("csv", "/list"),
  "a text's redirect": () => fetchAs("freetext", "/list"),
  "a document's redirect": () => fetchAs("json", "/list"),
  "the preview of a redirect": () => preview("csv", "/list"),
  "the check of a redirect": () => check("csv", "/list"),
  "the events of a manifest": () => fetchAs("misp-feed", "/misp/"),
  "the preview of a MISP feed": () => preview("misp-feed", "/misp/"),
  "the check of a MISP feed": () => check("misp-feed", "/misp/"),
  "a search's redirect": () => fetchAs("misp-server", "/"),
  "the check of a MISP server": () => check("misp-server", "/"),
  "an API root that discovery names": () => fetchAs("taxii", "/taxii/"),
  "the next page of a collection": () => fetchAs("taxii", `/root/collections/${EVENT}/objects/`),
  "the preview of a TAXII server": () => preview("taxii", "/taxii/"),
  "the check of a TAXII server": () => check("taxii", "/taxii/"),
};

/** Ways to the network, each with its first request. */
const FIRST_REQUESTS: Readonly<Record<string, () => Promise<unknown>>> = {
  ...SECOND_REQUESTS,
  "the preview of a MISP server": () => preview("misp-server", "/"),
  "the preview of a text": () => preview("freetext", "/list"),
  "the check of a document": () => check("json", "/list"),
};

const REFUSED = ["169.254.169.254", "10.0.0.1", "192.168.1.1", "::1", "127.0.0.2", "::ffff:10.0.0.1"];

describe("a name that leads elsewhere at the second look", () => {
  it.each(Object.entries(SECOND_REQUESTS))("is asked once and not again by %s", async (_name, open) => {
    for (const address of REFUSED) {
      answers = [["127.0.0.1"], [address]];
      [looks, connections, connected, requests] = [0, 0, 0, []];

      await expect(open()).rejects.toThrow(`rebind.example leads to ${address}, which is not a public`);

      // What may be reached was: it is the second look that was refused.
      expect(requests).toHaveLength(1);
      expect({ looks, connections, connected }).toEqual({ looks: 2, connections: 1, connected: 1 });
    }
    expect(stolen).toBe(0);
  });

  it("is asked by every one of them as long as it leads to what may be reached", async () => {
    answers = [["127.0.0.1"]];

    for (const open of Object.values(SECOND_REQUESTS)) {
      requests = [];
      await open().catch(() => undefined);
      expect(requests.length).toBeGreaterThan(1);
    }
  });
});

describe("a name with a public and a private address", () => {
  it.each(Object.entries(FIRST_REQUESTS))("is not asked by %s, in whatever order", async (_name, open) => {
    for (const address of REFUSED)
      for (const list of [
        ["8.8.8.8", address],
        [address, "8.8.8.8"],
        ["8.8.8.8", "2001:4860:4860::8888", "127.0.0.1", address],
      ]) {
        answers = [list];

        await expect(open()).rejects.toThrow(`rebind.example leads to ${address}, which is not a public`);
      }
    expect({ connections, connected, stolen, requests }).toEqual({
      ...{ connections: 0, connected: 0, stolen: 0, requests: [] },
    });
  });
});
