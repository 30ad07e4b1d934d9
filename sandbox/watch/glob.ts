/** Whether a path fits a pattern in which `*` stands for any run of characters. Case is ignored. */
export const matchesGlob = (pattern: string, path: string): boolean => {
  const parts = pattern.toLowerCase().split("*");
  const subject = path.toLowerCase();
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return subject === first;
  if (!subject.startsWith(first)) return false;
  let position = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = subject.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return subject.length - last.length >= position && subject.endsWith(last);
};
