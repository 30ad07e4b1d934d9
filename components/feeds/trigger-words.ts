const WORDS: Readonly<Record<string, string>> = {
  schedule: "Schedule",
  person: "A person",
  api: "The API",
  local: "A person, by hand",
  deleted: "Removal of the feed",
};

/** What a person reads for what started a run. */
export const triggerWord = (trigger: string): string => WORDS[trigger] ?? trigger;
