import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { feedCreateSchema, feedPreviewSchema, feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { FeedKind } from "@/lib/domain/feed/kinds";
import type { ResolveHost } from "@/lib/http/guarded-agent";
import { useTestDatabase } from "@/lib/testing/database";
import { hostileAddresses, startVictim, type Victim } from "@/lib/testing/hostile-addresses";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { checkFeed } from "./check-feed";
import { createFeed } from "./create-feed";
import { fetchFeed } from "./fetch-feed";
import { ingestRun } from "./ingest-run";
import { getRun } from "./list-runs";
import { previewFeed } from "./preview-feed";
import { runFeedNow } from "./queue-run";

useTestDatabase();

const NO_SECRETS = { headers: {}, auth: { type: "none" } } as const;
const KEY = { headers: {}, auth: { type: "misp", key: "k".repeat(40) } } as const;
const settings = feedSettingsSchema.parse({});
const EVENT = "5f0c1e00-0001-4b0b-8c0c-000000000001";

let victim: Victim;
let team: TestTeam;
let actor: Actor;
/** Where the server that may be reached sends those who ask it. */
let target = "";

// As the sandbox's, this origin may be reached wherever it is: what it names must be judged by itself.
const server: Server = createServer((request, response) => {
  const path = request.url ?? "/";
  const json = (value: unknown, type = "application/json"): void => {
    response.writeHead(200, { "content-type": type }).end(JSON.stringify(value));
  };
  if (path === "/misp/manifest.json")
    json({ [EVENT]: { info: "x", date: "2026-11-24", timestamp: 1, Orgc: { name: "x", uuid: EVENT } } });
  else if (path === "/taxii/")
    json({ title: "x", api_roots: [target] }, "application/taxii+json;version=2.1");
  else response.writeHead(307, { location: Buffer.from(target).toString("latin1") }).end();
});
const origin = (): string => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The test server has no port.");
  return `http://127.0.0.1:${String(address.port)}`;
};

const connectedSchema = z.object({ connectParams: z.object({ host: z.string(), port: z.string() }) });
const connected = new Set<string>();
const note = (message: unknown): void => {
  const { host, port } = connectedSchema.parse(message).connectParams;
  connected.add(`http://${host.replace(/:\d+$/, "")}:${port}`);
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env["SANDBOX_URL"] = origin();
  victim = await startVictim();
  subscribe("undici:client:connected", note);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  unsubscribe("undici:client:connected", note);
  await victim.close();
  server.closeAllConnections();
  server.close();
});

const fetchAs = (kind: FeedKind, url: string, resolve?: ResolveHost) =>
  fetchFeed({
    kind,
    url,
    settings,
    secrets: kind === "misp-server" ? KEY : NO_SECRETS,
    teamId: team.id,
    feedId: null,
    signal: AbortSignal.timeout(10_000),
    now: new Date(),
    retries: 0,
    resolve,
  });

const preview = (kind: FeedKind, url: string) => {
  const input = feedPreviewSchema.parse({ team: team.slug, kind, url: "https://example.com/" });
  return previewFeed(team.id, { ...input, url });
};

const check = async (kind: FeedKind, url: string) => {
  const { headers, auth } = kind === "misp-server" ? KEY : NO_SECRETS;
  const input = feedPreviewSchema.parse({ team: team.slug, kind, url: "https://example.com/" });
  const { ok, checks } = await checkFeed({ ...input, url, headers, auth });
  if (ok) return;
  const [{ detail } = { detail: "" }] = checks.filter((found) => !found.ok);
  expect(detail).toMatch(
    /not a public address|is not fetched from|Only http|a web address|user name or password|redirects/,
  );
  throw new AppError("blocked_address", detail);
};

/** Every way from a feed's settings to the network, straight and by way of an answer from elsewhere. */
const PATHS: Readonly<Record<string, (address: string) => Promise<unknown>>> = {
  "a list": (address) => fetchAs("csv", address),
  "a redirect": () => fetchAs("freetext", `${origin()}/away`),
  "the preview": (address) => preview("csv", address),
  "the preview of a redirect": () => preview("json", `${origin()}/away`),
  "a MISP feed's manifest": (address) => fetchAs("misp-feed", address),
  "a redirect of the manifest": () => fetchAs("misp-feed", `${origin()}/away/`),
  "a redirect of an event": () => fetchAs("misp-feed", `${origin()}/misp/`),
  "a MISP server": (address) => fetchAs("misp-server", address),
  "a redirect of a search": () => fetchAs("misp-server", `${origin()}/away`),
  "a TAXII server": (address) => fetchAs("taxii", address),
  "an API root that discovery names": () => fetchAs("taxii", `${origin()}/taxii/`),
  "a redirect of an API root": () => fetchAs("taxii", `${origin()}/away/`),
  "a redirect of a collection's objects": () =>
    fetchAs("taxii", `${origin()}/root/collections/${EVENT}/objects/`),
  "the check of a list": (address) => check("csv", address),
  "the check of a list's redirect": () => check("json", `${origin()}/away`),
  "the check of a MISP feed": (address) => check("misp-feed", address),
  "the check of a MISP server": (address) => check("misp-server", address),
  "the check of a TAXII server": (address) => check("taxii", address),
  "the check of a redirect": () => check("misp-server", `${origin()}/away`),
};

const nothingReached = (): void => {
  expect(victim.connections()).toBe(0);
  expect([...connected].filter((place) => place !== origin())).toEqual([]);
};

describe("an address that leads where feeds may not go", () => {
  it.each(Object.entries(PATHS))("is not asked by %s, in any spelling", async (_name, open) => {
    const failures: unknown[] = [];
    for (const address of hostileAddresses(victim.port)) {
      target = address;
      const error: unknown = await open(address).then(
        () => `${address} was asked`,
        (reason: unknown) => reason,
      );
      if (!(error instanceof AppError)) failures.push([address, error]);
    }

    expect(failures).toEqual([]);
    nothingReached();
  });

  it("ends the run of a feed with the sentence that says so", async () => {
    const input = { team: team.slug, name: "Hostile", kind: "csv", url: "https://example.com/" };
    const feed = await createFeed(actor, team.id, feedCreateSchema.parse(input));
    const codes = new Set<string | undefined>();
    for (const url of hostileAddresses(victim.port)) {
      await asTeam(team.id, (tx) =>
        tx.feed.update({ where: { id: feed.id, teamId: team.id }, data: { url }, select: { id: true } }),
      );
      const { id } = await runFeedNow(actor, feed);
      await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
      const { state, error } = await getRun(actor, id);
      expect(state).toBe("failed");
      codes.add(error?.code);
    }

    expect([...codes].sort()).toEqual(["blocked_address", "invalid_input"]);
    nothingReached();
  });

  it("cannot be given to a feed with a user name in it", () => {
    const input = { team: team.slug, name: "x", kind: "csv", url: "http://example.com@127.0.0.1/" };

    expect(feedCreateSchema.safeParse(input).success).toBe(false);
  });
});

// Names that lead to more than one address, or elsewhere at the next look: hostile-names.int.test.ts.
describe("a name that leads where feeds may not go", () => {
  const toAddresses =
    (...addresses: string[]): ResolveHost =>
    (_name, done) => {
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    };
  const kinds = ["csv", "freetext", "json", "misp-feed", "misp-server", "taxii"] as const;

  it.each([
    "127.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "169.254.169.254",
    "fd00:ec2::254",
  ])("is not asked when it is %s", async (address) => {
    for (const kind of kinds)
      await expect(
        fetchAs(kind, `http://feed.example:${String(victim.port)}/`, toAddresses(address)),
      ).rejects.toMatchObject({ code: "blocked_address" });
    nothingReached();
  });
});
