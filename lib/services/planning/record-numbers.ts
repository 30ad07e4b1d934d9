import "server-only";

/** Groups of devices that the connectors of one destination send to, and their rules name: a record is an indicator and one of these. */
const MOST_SCOPES = 16_384;

/** The record that a connector wants of an indicator; those of the planned connector's own device groups have the scope 0. */
export const recordOf = (indicatorId: string | number, scope = 0): number =>
  Number(indicatorId) * MOST_SCOPES + scope;
/** The number of the indicator that a record is of. */
export const indicatorOf = (record: number): number => Math.floor(record / MOST_SCOPES);

/** Numbers for what of a record's identity is not its indicator (`recordScope`), while one plan is made. */
export type Scopes = { numberOf: (scope: string) => number; nameOf: (number: number) => string };

/** Numbers scopes in the order in which they come; the planned connector's own has 0. */
export const numberScopes = (own: string): Scopes => {
  const numbers = new Map([[own, 0]]);
  const names = [own];
  return {
    numberOf: (scope) => {
      const known = numbers.get(scope);
      if (known !== undefined) return known;
      const number = names.push(scope) - 1;
      if (number >= MOST_SCOPES)
        throw new RangeError("More groups of devices than records can be told apart by.");
      numbers.set(scope, number);
      return number;
    },
    nameOf: (number) => names[number] ?? "",
  };
};

/** The device groups of a record, as JSON; null: those of the planned connector itself. */
export const groupsOf = (record: number, { nameOf }: Scopes): string | null => {
  const scope = record % MOST_SCOPES;
  return scope === 0 ? null : nameOf(scope);
};
