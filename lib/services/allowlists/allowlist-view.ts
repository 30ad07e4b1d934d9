import "server-only";

import { z } from "zod";

import {
  EFFECTS,
  MATCHES,
  type AllowlistEffect,
  type AllowlistMatch,
} from "@/lib/domain/screening/allowlist";

export const ALLOWLIST_SELECT = {
  id: true,
  teamId: true,
  name: true,
  match: true,
  effect: true,
  createdAt: true,
  createdByName: true,
} as const;

type AllowlistRow = {
  id: string;
  teamId: string | null;
  name: string;
  match: string;
  effect: string;
  createdAt: Date;
  createdByName: string;
};

export type AllowlistView = {
  id: string;
  /** Null: the installation's, which holds for every team. */
  teamId: string | null;
  name: string;
  match: AllowlistMatch;
  effect: AllowlistEffect;
  createdAt: Date;
  createdBy: string;
};

export const toAllowlistView = ({ createdByName, match, effect, ...row }: AllowlistRow): AllowlistView => ({
  ...row,
  match: z.enum(MATCHES).parse(match),
  effect: z.enum(EFFECTS).parse(effect),
  createdBy: createdByName,
});
