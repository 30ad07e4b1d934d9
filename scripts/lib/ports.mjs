import { createServer } from "node:net";

import { codeOf, Fault } from "./fault.mjs";

/**
 * @param {number} port 0 for any
 * @param {string} host
 * @returns {Promise<number | undefined>} the port that could be had; undefined when it is taken
 */
export const tryPort = (port, host) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      if (codeOf(error) === "EADDRINUSE") resolve(undefined);
      else reject(portFault(port, error));
    });
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });

/**
 * @param {number} wanted
 * @param {string} host
 * @returns {Promise<number>} the wanted port, or the next one that is free
 */
export const findPort = async (wanted, host) => {
  for (let port = wanted; port < wanted + 100 && port <= 65_535; port += 1) {
    if ((await tryPort(port, host)) !== undefined) return port;
  }
  const any = await tryPort(0, host);
  if (any === undefined) throw new Fault(`No free port was found on ${host}.`);
  return any;
};

/** @param {number} port @param {Error} error */
const portFault = (port, error) =>
  codeOf(error) === "EACCES"
    ? new Fault(`PORT is ${port}: this user may not listen on it. Give one above 1023.`)
    : new Fault(`Cannot listen on port ${port}: ${error.message}`);
