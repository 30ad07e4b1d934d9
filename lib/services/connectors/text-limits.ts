import "server-only";

import { DEFENDER_LIMITS } from "@/lib/connectors/defender/limits";

/** Where Defender's texts are cut. */
export const textLimits = (): { title: number; description: number } => {
  const { title, description } = DEFENDER_LIMITS.characters;
  return { title, description };
};
