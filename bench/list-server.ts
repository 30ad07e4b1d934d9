// Serves lists of the bench from files, in a process of its own: neither making nor sending them counts as the worker's
// memory or time. `GET /<rows>/<seed>/<churn>`: rows of the seed, of which `churn` in a thousand are of another seed.
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { once } from "node:events";

import { HEADER, mixedRow } from "./synthetic";

const [port = "", directory = ""] = process.argv.slice(2);

const make = async (path: string, rows: number, seed: string, churn: number): Promise<void> => {
  const file = createWriteStream(path);
  let piece = `${HEADER}\n`;
  for (let index = 0; index < rows; index += 1) {
    piece += `${mixedRow(index, index % 1_000 < churn ? `${seed}/changed` : seed)}\n`;
    if (piece.length < 1_000_000) continue;
    if (!file.write(piece)) await once(file, "drain");
    piece = "";
  }
  file.end(piece);
  await once(file, "finish");
};

/** Who asks for a list that is being made waits for all of it. */
const made = new Map<string, Promise<void>>();

createServer((request, response) => {
  const [rows = "", seed = "", churn = "0"] = (request.url ?? "").split("/").slice(1);
  const path = join(directory, `${rows}-${seed}-${churn}.csv`);
  void (async () => {
    const ready = made.get(path) ?? make(path, Number(rows), seed, Number(churn));
    made.set(path, ready);
    await ready;
    response.writeHead(200, { "content-type": "text/csv", "content-length": statSync(path).size });
    if (request.method === "HEAD") response.end();
    else createReadStream(path).pipe(response);
  })();
}).listen(Number(port), "127.0.0.1", () => {
  process.stdout.write("ready\n");
});
