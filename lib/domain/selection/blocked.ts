import type { BlockCode } from "./codes";

/** Why a candidate stays out, with a sentence for a person. */
export type Blocked = { code: BlockCode; reason: string };
