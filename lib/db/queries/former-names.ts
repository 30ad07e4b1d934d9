/**
 * What a team was called before and no other team is or was, as a list in SQL about `team`, the name of that table in the statement: by
 * these names its records are its own until they are written anew.
 */
export const formerNamesOf = (team: string): string => `ARRAY(
  SELECT former FROM unnest(${team}.former_names) AS former
  WHERE NOT EXISTS (
    SELECT FROM team other WHERE other.id <> ${team}.id
      AND lower(former) IN (SELECT lower(name) FROM unnest(array_append(other.former_names, other.name)) AS name)))`;
