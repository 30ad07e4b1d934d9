const plain = new Intl.NumberFormat("en");
const signed = new Intl.NumberFormat("en", { signDisplay: "exceptZero" });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

/** Above this a counted list is an estimate, and is written as one. */
const EXACT_BELOW = 100_000;

/** 12430 → "12,430". One locale everywhere, so that server and browser write the same. */
export const formatNumber = (value: number): string => plain.format(value);

/** 312 → "+312", −68 → "-68", 0 → "0". */
export const formatDelta = (value: number): string => signed.format(value);

/** 0.684 → "68.4%". Takes a share of one. */
export const formatShare = (share: number): string => percent.format(share);

/** Exact below 100,000; above, an estimate says that it is one: 2103442 → "about 2.1M". */
export const formatEstimate = (value: number): string =>
  value < EXACT_BELOW ? plain.format(value) : `about ${compact.format(value)}`;

/** "1 indicator", "12,430 indicators"; an irregular plural is given. */
export const formatCount = (value: number, noun: string, plural = `${noun}s`): string =>
  `${plain.format(value)} ${value === 1 ? noun : plural}`;
