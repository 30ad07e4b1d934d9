import { createHash } from "node:crypto";

/** What stands before the first seal. */
export const CHAIN_START = Buffer.alloc(32);

/** A seal: SHA-256 over the seal before it and the entry's stored text, so that no entry changes without all that follow. */
export const sealHash = (previous: Buffer, canonical: string): Buffer =>
  createHash("sha256").update(previous).update(canonical, "utf8").digest();
