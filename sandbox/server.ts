import { createServer, type Server } from "node:http";

import { createSigningKey, sharedSigningKey } from "./entra/keys";
import { createListener } from "./http/listener";
import { answer } from "./routes";
import { createStateFile, loadState } from "./state/state-file";
import { freshState, fromSaved, toSaved, type State } from "./state/state";
import { createWorld } from "./world";

export type SandboxOptions = {
  /** 0 takes any free port. */
  port?: number;
  host?: string;
  /** Where the state is kept between runs; without it, in memory only. */
  statePath?: string;
  /** The machine's clock, for tests. */
  now?: () => Date;
  /** Takes what an operator should read; standard error by default. */
  warn?: (message: string) => void;
};

export type Sandbox = {
  url: string;
  /** Ends all connections, saves the state and frees the port. */
  close: () => Promise<void>;
};

/** Starts a sandbox and resolves when it listens. Rejects when the address is taken or the state file cannot be opened. */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const { port = 4010, host = "127.0.0.1", statePath, now = () => new Date(), warn = warnOnStderr } = options;
  const world = createWorld({ state: await openState(statePath, warn), realNow: now });
  const file = statePath === undefined ? null : createStateFile(statePath, () => toSaved(world.state), warn);
  if (file !== null) world.changed = file.touch;

  const server = createServer(createListener(world, answer, warn));
  // A caller who sends no HTTP gets a short answer instead of ending the process.
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  });
  world.url = await listen(server, port, host);
  // The signing key of a first start must outlive this process like all else.
  world.changed();

  return {
    url: world.url,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
      await file?.flush();
    },
  };
};

const openState = async (statePath: string | undefined, warn: (message: string) => void): Promise<State> => {
  if (statePath === undefined) return freshState(await sharedSigningKey());
  const saved = await loadState(statePath, warn);
  return saved === null ? freshState(await createSigningKey()) : fromSaved(saved);
};

const listen = (server: Server, port: number, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      const isAny = host === "0.0.0.0" || host === "::";
      const name = isAny ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
      resolve(`http://${name}:${String(bound)}`);
    });
  });

const warnOnStderr = (message: string): void => {
  process.stderr.write(`${JSON.stringify({ level: "warn", message })}\n`);
};
