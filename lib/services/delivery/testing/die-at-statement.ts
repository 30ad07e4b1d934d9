import { Client } from "pg";

const query: unknown = Reflect.get(Client.prototype, "query");

/** From the statement of that number on nothing reaches the database any more, as when the worker is gone; counts the statements. */
export const dieAtStatement = (number: number): { statements: number } => {
  if (typeof query !== "function") throw new Error("pg has changed: its client has no query.");
  const counted = { statements: 0 };
  const watched = function (this: Client, ...given: unknown[]): unknown {
    counted.statements += 1;
    if (counted.statements >= number) return Promise.reject(new Error("The worker is gone."));
    return Reflect.apply(query, this, given);
  };
  Reflect.set(Client.prototype, "query", watched);
  return counted;
};

/** Another worker starts. */
export const revive = (): void => {
  Reflect.set(Client.prototype, "query", query);
};
