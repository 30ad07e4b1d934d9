const UNIT_SECONDS = { d: 86_400, h: 3600, m: 60 } as const;

/** A time as MISP's searches take it (`7d`, seconds since 1970, a date) in seconds; what cannot be read is a second from now, which finds nothing. */
export const toEpoch = (value: string | number, now: Date): number => {
  const nowSeconds = Math.floor(now.getTime() / 1000);
  if (typeof value === "number") return value;
  if (/^\d+$/.test(value)) return Number(value);
  const [, amount, unit] = /^(\d+)([dhm])$/.exec(value) ?? [];
  if (unit === "d" || unit === "h" || unit === "m") return nowSeconds - Number(amount) * UNIT_SECONDS[unit];
  const parsed = Date.parse(value);
  return Number.isFinite(parsed) ? Math.floor(parsed / 1000) : nowSeconds + 1;
};
