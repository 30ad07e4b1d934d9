import { doing, warn } from "./terminal.mjs";
import { runScript } from "./typescript.mjs";

/**
 * Loads the lab's story. One that breaks off ends nothing: what it made, and the passwords that it told, can be used.
 * @param {{ env: NodeJS.ProcessEnv, log: import("./log-file.mjs").Log, signal: AbortSignal }} options
 * @returns {Promise<string>} what the story wants to say to people
 */
export const tellStory = async ({ env, log, signal }) => {
  doing("Loading the lab's story");
  const { code, stdout } = await runScript({ name: "demo", args: ["prisma/seed/demo.ts"], env, log, signal });
  if (code !== 0) warn(`The demo's story broke off. More of it stands in ${log.path}`);
  return stdout;
};
