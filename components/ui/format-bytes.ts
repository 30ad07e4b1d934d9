const UNITS = ["bytes", "KB", "MB", "GB"] as const;

/** 950 → "950 bytes", 98304 → "96 KB", 1572864 → "1.5 MB". Takes bytes; counts in 1,024. */
export const formatBytes = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const rounded = unit === 0 || value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${String(rounded)} ${UNITS[unit] ?? ""}`;
};
