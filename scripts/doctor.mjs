// `npm run doctor`: looks at every setting and dependency and says what to do; exit code 1 when something has to be put right.
// It changes no data; DATA_DIR and the keys in it are made where there are none, as the first start would.
import process from "node:process";

import { lookAtDataDir, lookAtPort, lookAtTestTools, lookAtTools } from "./lib/doctor/machine.mjs";
import { explain } from "./lib/fault.mjs";
import { loadDotEnv } from "./lib/settings.mjs";
import { bold, dim, fail, green, red, say, yellow } from "./lib/terminal.mjs";

/** @typedef {import("./lib/doctor/finding.mjs").Finding} Finding */

const MARKS = { good: green("✔"), note: yellow("!"), wrong: red("✘") };

/** @returns {Promise<Finding[]>} */
const lookAround = async () => {
  loadDotEnv();
  const tools = lookAtTools();
  // Everything below needs the packages.
  if (tools.some(({ state }) => state === "wrong")) return tools;
  const { lookAtSettings } = await import("./lib/doctor/settings.mjs");
  const { settings, findings } = lookAtSettings();
  const found = [...tools, ...findings];
  if (settings) {
    const { lookAtDatabase } = await import("./lib/doctor/database.mjs");
    const { lookAtDestinations, lookAtRedis } = await import("./lib/doctor/network.mjs");
    found.push(
      ...lookAtDataDir(settings.dataDir),
      ...(await lookAtPort(settings)),
      ...(await lookAtDatabase(settings)),
    );
    found.push(...(await lookAtRedis()), ...(await lookAtDestinations(settings)));
  }
  return [...found, ...lookAtTestTools()];
};

try {
  say(`\n${bold("Sluice: doctor")}\n`);
  const found = await lookAround();
  for (const { state, name, detail, fix } of found) {
    say(`  ${MARKS[state]} ${name.padEnd(20)} ${detail}`);
    if (fix) say(`    ${" ".repeat(20)} ${dim(fix)}`);
  }
  const count = found.filter(({ state }) => state === "wrong").length;
  say(count === 0 ? `\n  ${green("Nothing has to be put right.")}` : `\n  ${red(`${count} to put right.`)}`);
  process.exitCode = count === 0 ? 0 : 1;
} catch (error) {
  fail(explain(error));
  process.exitCode = 1;
}
