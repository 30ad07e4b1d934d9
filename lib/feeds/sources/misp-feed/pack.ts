import { gunzipSync, gzipSync } from "node:zlib";

/** Lines that wait for their turn, compressed: an event that came early may be large. */
type Pack = { add: (line: string) => void; lines: () => Generator<string> };

export const createPack = (): Pack => {
  const packed: Buffer[] = [];
  let open: string[] = [];
  let length = 0;
  const seal = (): void => {
    if (open.length === 0) return;
    packed.push(gzipSync(open.join("\n"), { level: 1 }));
    [open, length] = [[], 0];
  };
  return {
    add: (line) => {
      open.push(line);
      length += line.length;
      if (length > PIECE_CHARS) seal();
    },
    *lines() {
      seal();
      for (const piece of packed) yield* gunzipSync(piece).toString("utf8").split("\n");
    },
  };
};

const PIECE_CHARS = 262_144;
