import { spawnSync } from "node:child_process";
import process from "node:process";

import { inProject, ROOT } from "../paths.mjs";

/** @typedef {import("./expectations.mjs").expectations} Expectations */
/** @typedef {{ dataDir: string, port: number, expect: ReturnType<Expectations>["expect"] }} Place */

/** @param {Place} place @param {string} script @param {string[]} args @param {NodeJS.ProcessEnv} settings */
const runScript = ({ dataDir, port }, script, args = [], settings = {}) =>
  spawnSync(process.execPath, [inProject(script), ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: {
      ...process.env,
      ...{ DATA_DIR: dataDir, PORT: String(port), APP_URL: `http://localhost:${port}` },
      ...settings,
    },
  });

/** @param {Place} place @param {string} email */
const makeToken = (place, email) => {
  const options = ["--email", email, "--name", "End to end", "--scopes", "feed.read", "--days", "1"];
  const { status, stdout } = runScript(place, "scripts/token.mjs", options);
  return { status, token: stdout.trim().split("\n").at(-1) ?? "" };
};

/**
 * `npm run token` and `npm run doctor` beside the running product.
 * @param {Place} place
 * @param {{ url: string, administrator: { email: string } }} ready
 */
export const tryToolsBeside = async (place, { url, administrator }) => {
  const { expect } = place;
  const { token } = makeToken(place, administrator.email);
  const ask = (/** @type {string} */ path) =>
    fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status);
  const [feeds, connectors] = [await ask("/api/v1/feeds"), await ask("/api/v1/connectors")];
  expect("npm run token ends with a token that reads feeds", () => feeds === 200);
  expect("and nothing that it has no scope for", () => connectors === 403);
  expect("npm run token refuses somebody unknown", () => makeToken(place, "nobody@example.com").status === 1);

  const doctor = runScript(place, "scripts/doctor.mjs");
  expect("npm run doctor finds nothing wrong", () => doctor.status === 0);
  const wrong = runScript(place, "scripts/doctor.mjs", [], { WORKER_CONCURRENCY: "many" });
  expect(
    "npm run doctor names a setting that is wrong",
    () => wrong.status === 1 && /WORKER_CONCURRENCY/.test(wrong.stdout + wrong.stderr),
  );
};

/** `npm run token` on the data of a product that is stopped. @param {Place} place @param {string} email */
export const tryTokenWithout = (place, email) => {
  place.expect("npm run token works without the running product, too", () => {
    const { status, token } = makeToken(place, email);
    return status === 0 && token.length > 20;
  });
};
