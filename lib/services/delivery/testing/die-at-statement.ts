import { Duplex, Writable } from "node:stream";

import { Client } from "pg";

import type { Destination } from "@/lib/connectors/contract";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

const query: unknown = Reflect.get(Client.prototype, "query");

/** From the statement of that number on nothing reaches the database any more, as when the worker is gone; counts the statements. */
export const dieAtStatement = (number: number): { statements: number; isDead: boolean } => {
  if (typeof query !== "function") throw new Error("pg has changed: its client has no query.");
  const counted = { statements: 0, isDead: false };
  const watched = function (this: Client, ...given: unknown[]): unknown {
    counted.statements += 1;
    if (counted.statements >= number) {
      counted.isDead = true;
      return refuse(given[0], given.at(-1));
    }
    return Reflect.apply(query, this, given);
  };
  Reflect.set(Client.prototype, "query", watched);
  return counted;
};

/** Destinations whose answer of that number kills the worker before it can write anything of it down. */
export const openAndDie = (
  number: number,
  openAlive: OpenDestination,
): { open: OpenDestination; isDead: () => boolean } => {
  let answers = 0;
  const answered = async <T>(asked: Promise<T>): Promise<T> => {
    const answer = await asked;
    answers += 1;
    if (answers === number) dieAtStatement(1);
    return answer;
  };
  const kill = <T extends Pick<Destination, "push" | "withdraw">>(ways: T): T => ({
    ...ways,
    push: (...given: Parameters<Destination["push"]>) => answered(ways.push(...given)),
    withdraw: (...given: Parameters<Destination["withdraw"]>) => answered(ways.withdraw(...given)),
  });
  const open: OpenDestination = (settings) => {
    const destination = openAlive(settings);
    return { ...kill(destination), singly: destination.singly && kill(destination.singly) };
  };
  return { open, isDead: () => answers >= number };
};

/** A stream of COPY breaks off; anything else is refused, in the way in which it was asked. */
const refuse = (statement: unknown, callback: unknown): unknown => {
  const gone = new Error("The worker is gone.");
  // A pool asks so; it would wait for ever, and with it whoever asked the pool.
  if (typeof callback === "function") {
    process.nextTick(() => {
      Reflect.apply(callback, undefined, [gone]);
    });
    return undefined;
  }
  if (!(statement instanceof Duplex || statement instanceof Writable)) return Promise.reject(gone);
  // Destroyed, it would wait for the word of a server that it was never handed to.
  process.nextTick(() => statement.emit("error", gone));
  return statement;
};

/** Another worker starts. */
export const revive = (): void => {
  Reflect.set(Client.prototype, "query", query);
};
