import "server-only";

/** The columns of many rows: read as one text, they cost a third of what as many rows would. */
export type Columns<Row> = { readonly [Name in keyof Row]: readonly Row[Name][] };
/** Columns in which most places are empty: only the others come. */
export type SparseColumns<Row> = { readonly [Name in keyof Row]: Readonly<Record<number, Row[Name]>> };

/** A query whose rows come as one text, column by column; what is empty in a `sparse` one costs next to nothing. */
export const columnsOf = (
  names: readonly string[],
  query: string,
  sparse: readonly string[] = [],
): string => {
  const columns = [
    ...names.map((name) => `'${name}', coalesce(json_agg(row.${name}), '[]')`),
    ...sparse.map(
      (name) =>
        `'${name}', coalesce(json_object_agg(row.place, row.${name}) FILTER (WHERE row.${name} IS NOT NULL), '{}')`,
    ),
  ];
  const rows =
    sparse.length === 0 ? query : `SELECT row_number() OVER () - 1 AS place, one.* FROM (${query}) one`;
  return `(SELECT json_build_object(${columns.join(", ")}) FROM (${rows}) row)`;
};
