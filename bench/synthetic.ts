import { createHash } from "node:crypto";

/** A list of mixed values in a few kinds, with comment and confidence columns; the same for the same seed. */
export const mixedCsv = (rows: number, seed: string): string => {
  const lines = [HEADER];
  for (let index = 0; index < rows; index += 1) lines.push(mixedRow(index, seed));
  return `${lines.join("\n")}\n`;
};

/** The header row of such a list. */
export const HEADER = "value,comment,confidence,tags";

/** One row of it. */
export const mixedRow = (index: number, seed: string): string =>
  `${mixedValue(index, seed)},"row ${String(index)}, a comment",${String(40 + (index % 60))},campaign-${String(index % 7)}`;

const mixedValue = (index: number, seed: string): string => {
  const digest = createHash("sha256")
    .update(`${seed}/${String(index)}`)
    .digest("hex");
  switch (index % 5) {
    case 0:
      return digest;
    case 1:
      return `${digest.slice(0, 12)}.example.com`;
    case 2:
      return publicAddress(digest);
    case 3:
      return `https://${digest.slice(0, 10)}.example.net/${digest.slice(10, 30)}?id=${digest.slice(30, 36)}`;
    default:
      return digest.slice(0, 32);
  }
};

// From blocks that no built-in list keeps in.
const publicAddress = (digest: string): string => {
  const [a = 0, b = 0, c = 0] = [0, 2, 4].map((at) => Number.parseInt(digest.slice(at, at + 2), 16));
  return `45.${String(a)}.${String(b)}.${String(c)}`;
};
