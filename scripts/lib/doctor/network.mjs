import { request } from "node:https";
import process from "node:process";

import { findHolder } from "../lock.mjs";
import { readIfThere } from "../files.mjs";
import { good, note, wrong } from "./finding.mjs";

/** @typedef {import("./finding.mjs").Finding} Finding */
/** @typedef {import("../settings.mjs").Settings} Settings */

const WAIT_MS = 5_000;

/** The public cloud's; a connector's own test looks at the one it uses. */
const MICROSOFT = [
  { name: "Entra ID", host: "login.microsoftonline.com" },
  { name: "Defender", host: "api.securitycenter.microsoft.com" },
  { name: "Sentinel upload", host: "api.ti.sentinel.azure.com" },
  { name: "Azure management", host: "management.azure.com" },
];

/** @returns {Promise<Finding[]>} */
export const lookAtRedis = async () => {
  const url = process.env["REDIS_URL"]?.trim();
  if (!url) return [good("Queue", "in PostgreSQL (REDIS_URL is not set)")];
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: WAIT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Each call below fails by itself; the event says the same once more.
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "";
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info("memory"))?.[1] ?? "";
    return policy === "noeviction"
      ? [good("Queue", `in Redis ${version}, noeviction`)]
      : [
          wrong(
            "Queue",
            `Redis ${version} may drop jobs: maxmemory-policy is ${policy}`,
            "Set maxmemory-policy to noeviction.",
          ),
        ];
  } catch (error) {
    return [
      wrong(
        "Queue",
        `Redis does not answer: ${error instanceof Error ? error.message : error}`,
        "Check REDIS_URL, or unset it to keep the queue in PostgreSQL.",
      ),
    ];
  } finally {
    redis.disconnect();
  }
};

/** @param {Settings} settings @returns {Promise<Finding[]>} */
export const lookAtDestinations = async ({ sandboxUrl, isProduction, dataDir }) => {
  const port = readIfThere(`${dataDir}/sandbox-port`);
  const own = !isProduction && port && findHolder(dataDir) ? `http://127.0.0.1:${port}` : null;
  const sandbox = sandboxUrl ?? own;
  return [
    ...(sandbox ? [await lookAtSandbox(sandbox)] : []),
    ...(await Promise.all(MICROSOFT.map(async ({ name, host }) => lookAtHost(name, host)))),
  ];
};

/** @param {string} url @returns {Promise<Finding>} */
const lookAtSandbox = async (url) => {
  try {
    const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) });
    return ok
      ? good("Sandbox", `${url} answers`)
      : wrong("Sandbox", `${url} answers ${status}`, "Check SANDBOX_URL.");
  } catch {
    return wrong(
      "Sandbox",
      `${url} does not answer`,
      "Check SANDBOX_URL, or unset it: npm start then runs one.",
    );
  }
};

/** Any answer will do: it shows that name, network and certificate hold. @param {string} name @param {string} host @returns {Promise<Finding>} */
const lookAtHost = (name, host) =>
  new Promise((resolve) => {
    const asked = request({ host, method: "HEAD", path: "/", timeout: WAIT_MS });
    asked.on("response", (response) => {
      response.resume();
      resolve(good(name, `${host} answers`));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", (error) =>
      resolve(
        note(
          name,
          `${host} cannot be reached (${error.message})`,
          "Needed for connectors of the public cloud only: allow https to it.",
        ),
      ),
    );
    asked.end();
  });
