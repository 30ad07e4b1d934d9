import { takeKeys } from "@/lib/domain/feed/address-keys";

/** Where the parts of a MISP feed stand. */
export type FeedAddresses = {
  /** Names the feed, however its address was written, and holds no key: it is kept and shown. */
  base: string;
  manifest: string;
  /** The same without a key, to be shown. */
  shownManifest: string;
  event: (uuid: string) => string;
};

/**
 * Takes the folder of a feed, with or without slashes at its end, or one of the files in it. A query (some publishers put a
 * key there) is repeated for each file. `hashes.csv` is not read: it holds hashes of values to look them up, no value.
 */
export const addressesOf = (address: string): FeedAddresses => {
  const url = new URL(address);
  url.hash = "";
  const folder = url.pathname
    .replace(FILE, "")
    .replace(/\/{2,}/g, "/")
    .replace(/\/$/, "");
  const file = (name: string): string => {
    const one = new URL(url);
    one.pathname = `${folder}/${name}`;
    return one.href;
  };
  const manifest = file("manifest.json");
  return {
    base: takeKeys(file("")).address,
    manifest,
    shownManifest: takeKeys(manifest).address,
    event: (uuid) => file(`${uuid}.json`),
  };
};

const FILE = /\/(?:manifest\.json|hashes\.csv|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.json)$/i;
