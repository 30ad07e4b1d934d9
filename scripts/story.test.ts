import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, expect, it } from "vitest";

// In a process of its own, as the launcher tells it. Without a database the story breaks off at once.
const LAUNCHER = `
import { openLog } from "./scripts/lib/log-file.mjs";
import { tellStory } from "./scripts/lib/story.mjs";
const log = openLog(process.argv[1]);
const env = { PATH: process.env.PATH, DATABASE_URL: "" };
console.log(await tellStory({ env, log, signal: new AbortController().signal }));
`;

const directory = mkdtempSync(join(tmpdir(), "sluice-story-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

it("a story that breaks off ends nothing: what it said is for people, what went wrong is in the log", async () => {
  const logFile = join(directory, "prepare.log");

  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "-e",
    LAUNCHER,
    logFile,
  ]);

  expect(stdout).toContain("Here the story broke off:");
  expect(stderr).toContain(logFile);
  expect(readFileSync(logFile, "utf8")).toContain("DATABASE_URL");
});
