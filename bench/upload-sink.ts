// Stands in front of the sandbox in a process of its own and takes Sentinel's uploads itself, all of them well: a million objects
// would fill the sandbox's memory, and what it does with them is not the product's. All else is handed on.
import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";

const [port = "", sandboxUrl = ""] = process.argv.slice(2);
const target = new URL(sandboxUrl);

const drain = async (incoming: IncomingMessage): Promise<void> => {
  incoming.resume();
  await once(incoming, "end");
};

createServer((incoming, response) => {
  const path = incoming.url ?? "/";
  if (path.includes(":upload")) {
    void drain(incoming).then(() => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"errors":[]}');
    });
    return;
  }
  const { method, headers } = incoming;
  const onward = request({ host: target.hostname, port: target.port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  incoming.pipe(onward);
}).listen(Number(port), "127.0.0.1", () => {
  process.stdout.write("ready\n");
});
