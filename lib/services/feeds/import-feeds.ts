import "server-only";

import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { emptyKeys, putKeys, type AddressKeys } from "@/lib/domain/feed/address-keys";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { logger } from "@/lib/observability/logger";
import { readDefinitions, type ReadDefinition } from "@/lib/feeds/misp-definitions/read";

import { createFeed } from "./create-feed";
import { openFeedSecrets } from "./feed-secrets";

export type ImportedFeed = {
  name: string;
  outcome: "added" | "skipped" | "rejected";
  /** Why it was not added; null when it was. */
  reason: string | null;
  /** Of a feed that was added: what of its definition has no home here, what stands for it, and whether others may use it. */
  notes: readonly string[];
  id: string | null;
};

export type ImportOptions = {
  /** The definitions as MISP exports them. */
  json: string;
  /** Whether what was enabled there is fetched here at once; otherwise all come paused. */
  keepsEnabled: boolean;
};

const MAX_DEFINITIONS = 500;

/**
 * Adds a feed for each definition in MISP's form. One that cannot be used is told and does not stop the others; an address
 * that the team has already is skipped. Throws `invalid_input` for what is no JSON.
 */
export const importFeeds = async (
  actor: Actor,
  team: { id: string; slug: string },
  { json, keepsEnabled }: ImportOptions,
): Promise<readonly ImportedFeed[]> => {
  const read = parse(json);
  const known = await knownAddresses(team.id);
  const results: ImportedFeed[] = [];
  for (const definition of read) {
    const result = await importOne(actor, team, definition, { known, keepsEnabled });
    results.push(result);
  }
  return results;
};

const parse = (json: string): readonly ReadDefinition[] => {
  try {
    const read = readDefinitions(json);
    if (read.length <= MAX_DEFINITIONS) return read;
    throw new AppError(
      "invalid_input",
      `There are ${String(read.length)} definitions; at most ${String(MAX_DEFINITIONS)} are taken at once.`,
    );
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new AppError(
      "invalid_input",
      "This is no JSON. Export the feeds from MISP and paste the whole answer.",
      {
        cause,
      },
    );
  }
};

/** The addresses that the team has, each as it is asked and, for definitions that came without keys, without them. */
const knownAddresses = async (teamId: string): Promise<Set<string>> => {
  const feeds = await asTeam(teamId, (tx) =>
    tx.feed.findMany({
      where: { teamId, deletedAt: null, url: { not: null } },
      select: { id: true, url: true, sealedSecrets: true },
    }),
  );
  return new Set(
    feeds.flatMap(({ id, url, sealedSecrets }) =>
      url === null ? [] : addressesOf(url, keysOf(id, sealedSecrets)),
    ),
  );
};

const addressesOf = (url: string, keys: AddressKeys): string[] => [putKeys(url, keys) ?? url, emptyKeys(url)];

// A sealing key that is gone must not keep feeds from coming in.
const keysOf = (feedId: string, sealed: string | null): AddressKeys => {
  try {
    return openFeedSecrets(feedId, sealed).keys;
  } catch (error) {
    logger.warn({ err: error, feedId }, "The secrets of a feed cannot be opened");
    return {};
  }
};

type Context = { known: Set<string>; keepsEnabled: boolean };

const importOne = async (
  actor: Actor,
  team: { id: string; slug: string },
  definition: ReadDefinition,
  { known, keepsEnabled }: Context,
): Promise<ImportedFeed> => {
  const { name } = definition;
  if (!definition.ok) return notAdded(name, "rejected", definition.reason);
  const parsed = feedCreateSchema.safeParse({ ...definition.feed, team: team.slug });
  if (!parsed.success) return notAdded(name, "rejected", z.prettifyError(parsed.error).replaceAll("\n", " "));
  const { url } = parsed.data;
  if (url !== null && known.has(url))
    return notAdded(name, "skipped", "The team has a feed with this address.");
  try {
    const enabled = keepsEnabled && parsed.data.enabled;
    const { id } = await createFeed(actor, team.id, { ...parsed.data, enabled });
    if (url !== null) for (const address of addressesOf(url, {})) known.add(address);
    return { name, outcome: "added", reason: null, notes: definition.notes, id };
  } catch (error) {
    if (error instanceof AppError) return notAdded(name, "rejected", error.message);
    throw error;
  }
};

// Notes tell of the feed that was made: here is none.
const notAdded = (name: string, outcome: "skipped" | "rejected", reason: string): ImportedFeed => ({
  name,
  outcome,
  reason,
  notes: [],
  id: null,
});
