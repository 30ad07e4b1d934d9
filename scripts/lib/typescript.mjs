import process from "node:process";

import { run } from "./child.mjs";
import { LIFELINE } from "./paths.mjs";

/** Runs TypeScript as it stands, with the modules that only a server may see. */
export const TYPESCRIPT = ["--conditions=react-server", "--import=tsx", LIFELINE];

/**
 * Runs a script of ours to its end. Its standard output may hold a secret: it is returned and stands in no log.
 * @param {{ name: string, args: string[], env: NodeJS.ProcessEnv, log: import("./log-file.mjs").Log, signal: AbortSignal }} options
 */
export const runScript = ({ args, ...options }) =>
  run({ ...options, command: process.execPath, args: [...TYPESCRIPT, ...args], isSecret: true });
