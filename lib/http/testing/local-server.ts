import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { createServer as createTcpServer, type Server as TcpServer } from "node:net";

export type LocalServers = {
  /** Starts an HTTP server on loopback and answers its origin. */
  http: (listener: RequestListener) => Promise<string>;
  /** The same over TLS, with this certificate. */
  https: (certificate: Pick<ServerOptions, "key" | "cert">, listener: RequestListener) => Promise<string>;
  /** Starts a server that writes these raw bytes to whoever asks, then ends; for answers no HTTP library would send. */
  raw: (answer: string | Uint8Array, isEnded?: boolean) => Promise<string>;
  closeAll: () => Promise<void>;
};

/** Servers for tests, on free ports of 127.0.0.1; call `closeAll` after each test. */
export const localServers = (): LocalServers => {
  const open: (Server | TcpServer)[] = [];
  const listen = async (server: Server | TcpServer): Promise<string> => {
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The test server has no port.");
    return `http://127.0.0.1:${String(address.port)}`;
  };
  return {
    http: (listener) => listen(createServer(listener)),
    https: async (certificate, listener) =>
      (await listen(createTlsServer(certificate, listener))).replace("http:", "https:"),
    raw: (answer, isEnded = true) =>
      listen(
        createTcpServer((socket) => {
          socket.on("error", () => undefined);
          socket.once("data", () => {
            socket.write(answer);
            if (isEnded) socket.end();
          });
        }),
      ),
    closeAll: async () => {
      await Promise.all(
        open.splice(0).map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => {
                resolve();
              });
              if ("closeAllConnections" in server) server.closeAllConnections();
            }),
        ),
      );
    },
  };
};
