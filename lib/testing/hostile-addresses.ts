import { createServer, type Server } from "node:net";

/**
 * Addresses that lead where feeds may not go, in every spelling that some reader of addresses takes: loopback, private and
 * link-local networks, metadata services, IPv6 with an IPv4 address inside, numbers in other bases, tricks with user names.
 * Those of this machine lead to `port`.
 */
export const hostileAddresses = (port: number): readonly string[] => [
  ...HERE.map((host) => `http://${host}:${String(port)}/list`),
  ...FRAMES.map((write) => write(`127.0.0.1:${String(port)}`)),
  ...ELSEWHERE.map((host) => `http://${host}/latest/meta-data`),
];

const HERE = [
  "127.0.0.1",
  "127.1",
  "127.0.1",
  "127.255.255.254",
  "2130706433",
  "017700000001",
  "0x7f000001",
  "0x7f.1",
  "0177.0.0.1",
  "0177.0x0.0.1",
  "127.0.0.1.",
  "①②⑦.⓪.⓪.①",
  "127。0。0。1",
  "%31%32%37.0.0.1",
  "0",
  "0.0.0.0",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::7f00:1]",
  "[::127.0.0.1]",
  "[64:ff9b::127.0.0.1]",
  "[64:ff9b:1::7f00:1]",
  "[2002:7f00:1::]",
  "[2001:0:7f00:1::80ff:fffe]",
  "localhost",
  "localhost.",
  "LOCALHOST",
  "lOcAlHoSt.",
  "metadata.localhost",
];

const FRAMES: readonly ((place: string) => string)[] = [
  (place) => `https://${place}/`,
  (place) => `http:${place}/`,
  (place) => `http:/${place}/`,
  (place) => `http:\\\\${place}\\`,
  (place) => `HTTP://${place}`,
  (place) => `http://${place}#@example.com/`,
  (place) => `http://${place}?@example.com/`,
  (place) => `http://${place}\\@example.com/`,
  (place) => `http://example.com@${place}/`,
  (place) => `http://example.com:80@${place}/`,
  (place) => `http://user:password@${place}/`,
  (place) => `ftp://${place}/`,
  (place) => `gopher://${place}/`,
  () => "file:///etc/passwd",
];

const ELSEWHERE = [
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.254",
  "192.168.0.1",
  "100.64.0.1",
  "169.254.169.254",
  "0xa9fea9fe",
  "2852039166",
  "0251.0376.0251.0376",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "198.18.0.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "[::ffff:169.254.169.254]",
  "[64:ff9b::a9fe:a9fe]",
  "[2002:a9fe:a9fe::]",
  "[fd00:ec2::254]",
  "[fe80::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[2001:db8::1]",
];

export type Victim = { port: number; connections: () => number; close: () => Promise<void> };

/** Something on this machine that nobody may reach: one port of both loopback addresses, and how often it was connected to. */
export const startVictim = async (): Promise<Victim> => {
  let connections = 0;
  const listen = async (host: string, port: number): Promise<Server> => {
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, host, resolve);
    });
    return server;
  };
  const v4 = await listen("127.0.0.1", 0);
  const address = v4.address();
  if (address === null || typeof address === "string") throw new Error("The test server has no port.");
  const servers = [v4, await listen("::1", address.port)];
  return {
    port: address.port,
    connections: () => connections,
    close: async () => {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
};
