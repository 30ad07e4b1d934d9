import "server-only";

import { z } from "zod";

import { can, type Actor } from "@/lib/domain/access/actor";
import { columnsSchema, DENSITIES, type Density, type ListColumn } from "@/lib/domain/indicator/list-view";

export const VIEW_SELECT = {
  ...({ id: true, teamId: true, ownerId: true, shared: true, name: true } as const),
  ...({ query: true, columns: true, density: true } as const),
} as const;

export type SavedView = {
  id: string;
  teamId: string;
  name: string;
  /** Everybody in the team sees it; else its owner alone. */
  shared: boolean;
  /** The query of the list's address. */
  query: string;
  columns: readonly ListColumn[];
  density: Density;
  /** Whether the reader may rename, update and delete it. */
  mayChange: boolean;
};

type Row = {
  id: string;
  teamId: string;
  ownerId: string;
  shared: boolean;
  name: string;
  query: string;
  columns: string[];
  density: string;
};

/** A view as its reader has it. */
export const toSavedView = ({ ownerId, ...row }: Row, actor: Actor): SavedView => ({
  ...row,
  // One that a later version took out shows nothing.
  columns: columnsSchema.catch([]).parse(row.columns),
  density: z.enum(DENSITIES).catch("comfortable").parse(row.density),
  mayChange: row.shared ? can(actor, "indicator.write", row.teamId) : ownerId === actor.userId,
});
