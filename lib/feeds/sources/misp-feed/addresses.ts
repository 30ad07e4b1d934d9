/** Where the parts of a MISP feed stand. */
export type FeedAddresses = {
  /** Names the feed, however its address was written. */
  base: string;
  manifest: string;
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
  return { base: file(""), manifest: file("manifest.json"), event: (uuid) => file(`${uuid}.json`) };
};

const FILE = /\/(?:manifest\.json|hashes\.csv|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.json)$/i;
