/** A phrase as it stands inside a sentence: only its first letter changes, so that names keep theirs. */
export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
