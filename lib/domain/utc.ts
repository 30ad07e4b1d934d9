/** A moment as it stands in sentences: `2026-11-29 14:03 UTC`. */
export const utcMinute = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** As `utcMinute`, to the second: `2026-11-29 14:03:27 UTC`. */
export const utcSecond = (at: Date): string => `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
