import { type StixRow } from "./stix-row";

const MAX_ROWS = 200_000;
const KEPT_ROWS = 150_000;

type SavedStix = { rows: StixRow[]; goneFromIndicatorPath: string[] };

export type StixStore = {
  append: (row: StixRow) => void;
  /** The append-only table of a workspace, oldest first. */
  rows: (workspaceId: string) => StixRow[];
  /** Latest row of each object as it stood at `asOf`, deleted ones included. */
  latest: (workspaceId: string, asOf: Date) => StixRow[];
  find: (workspaceId: string, identity: string) => StixRow | null;
  findByName: (workspaceId: string, name: string, asOf: Date) => StixRow | null;
  /** The observed quirk: deleted by one path of the management plane, still listed by the others. */
  hideFromIndicatorPath: (row: StixRow) => void;
  isHiddenFromIndicatorPath: (row: StixRow) => boolean;
  save: () => SavedStix;
};

/** The tables of all workspaces. Beyond 200,000 rows the oldest superseded ones are dropped. */
export const createStixStore = (saved: SavedStix): StixStore => {
  let rows: StixRow[] = [];
  const histories = new Map<string, Map<string, StixRow[]>>();
  const gone = new Set(saved.goneFromIndicatorPath);

  const index = (row: StixRow): void => {
    const workspace = histories.get(row.workspaceId) ?? new Map<string, StixRow[]>();
    histories.set(row.workspaceId, workspace);
    const history = workspace.get(row.identity);
    if (history === undefined) workspace.set(row.identity, [row]);
    else history.push(row);
  };
  const newestOf = (row: StixRow): StixRow | undefined =>
    histories.get(row.workspaceId)?.get(row.identity)?.at(-1);
  const compact = (): void => {
    let surplus = rows.length - KEPT_ROWS;
    rows = rows.filter((row) => {
      if (surplus <= 0 || newestOf(row) === row) return true;
      surplus -= 1;
      return false;
    });
    histories.clear();
    rows.forEach(index);
  };
  const append = (row: StixRow): void => {
    rows.push(row);
    index(row);
    if (rows.length > MAX_ROWS) compact();
  };
  const latest = (workspaceId: string, asOf: Date): StixRow[] =>
    [...(histories.get(workspaceId)?.values() ?? [])].flatMap((history) => {
      const row = history.findLast((one) => Date.parse(one.timeGenerated) <= asOf.getTime());
      return row === undefined ? [] : [row];
    });

  saved.rows.forEach(append);
  return {
    append,
    rows: (workspaceId) => rows.filter((row) => row.workspaceId === workspaceId),
    latest,
    find: (workspaceId, identity) => histories.get(workspaceId)?.get(identity)?.at(-1) ?? null,
    findByName: (workspaceId, name, asOf) =>
      latest(workspaceId, asOf).find((row) => row.name === name || row.identity === name) ?? null,
    hideFromIndicatorPath: (row) => gone.add(`${row.workspaceId} ${row.identity} ${row.timeGenerated}`),
    isHiddenFromIndicatorPath: (row) => gone.has(`${row.workspaceId} ${row.identity} ${row.timeGenerated}`),
    save: () => ({ rows, goneFromIndicatorPath: [...gone] }),
  };
};
