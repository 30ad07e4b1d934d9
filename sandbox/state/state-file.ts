import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

import { savedStateSchema, type SavedState } from "./state";

const QUIET_MS = 500;
const LONGEST_MS = 5_000;

type StateFile = {
  /** Asks for a save soon; many requests become one. */
  touch: () => void;
  /** Writes what is unsaved and resolves when it is on disk. */
  flush: () => Promise<void>;
};

/**
 * Reads a saved state; null when there is none. A file that cannot be understood is moved aside to
 * `<path>.unreadable` and reported through `warn`, so that nothing is lost and the sandbox still starts.
 */
export const loadState = async (
  path: string,
  warn: (message: string) => void,
): Promise<SavedState | null> => {
  let content: string;
  try {
    content = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const saved = parse(content);
  if (saved !== null) return saved;
  await rename(path, `${path}.unreadable`);
  warn(
    `The state in ${path} cannot be read; it was moved to ${path}.unreadable and the sandbox starts empty.`,
  );
  return null;
};

/** Keeps a file in step with the state: written whole to a neighbour and renamed, half a second after the last change. */
export const createStateFile = (
  path: string,
  current: () => SavedState,
  warn: (message: string) => void,
): StateFile => {
  let timer: NodeJS.Timeout | null = null;
  let firstTouchAt = 0;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(`${path}.new`, "w", 0o600);
    try {
      await file.writeFile(JSON.stringify(current()));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  };
  const save = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing = writing.then(write);
    return writing;
  };
  const saveInBackground = (): void => {
    save().catch((error: unknown) => {
      // The next change tries again; a chain that stays rejected would refuse for ever.
      writing = Promise.resolve();
      warn(
        `The state could not be saved to ${path}: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  };
  return {
    touch: () => {
      if (timer === null) firstTouchAt = Date.now();
      else clearTimeout(timer);
      const waitMs = Math.max(0, Math.min(QUIET_MS, firstTouchAt + LONGEST_MS - Date.now()));
      timer = setTimeout(saveInBackground, waitMs);
    },
    flush: async () => {
      if (timer === null) await writing;
      else await save();
    },
  };
};

const parse = (content: string): SavedState | null => {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return null;
  }
  const result = savedStateSchema.safeParse(value);
  return result.success ? result.data : null;
};
