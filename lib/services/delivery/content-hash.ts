import "server-only";

import { hash } from "node:crypto";

import type { OutgoingRecord } from "@/lib/connectors/contract";
import { wireContent } from "@/lib/connectors/wire-content";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";

/** Raise it when records are worded anew for everybody: what stands is then told by its claims, and is not sent again for that alone. */
const VERSION = 3;

/** Tells what stands at a destination from what should: all that it gets of a record, after the number of the rules it was made by. */
export const hashRecord = (kind: ConnectorKind, record: OutgoingRecord): Buffer =>
  Buffer.concat([Buffer.of(VERSION), hash("sha256", wireContent(kind, record), "buffer")]);

/** Whether a stored hash was made by the rules of today. Those of before had no number, and one byte less. */
export const isComparable = (stored: Buffer): boolean => stored.length === 33 && stored[0] === VERSION;
