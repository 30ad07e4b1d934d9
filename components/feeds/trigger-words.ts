const WORDS: Readonly<Record<string, string>> = {
  schedule: "its schedule",
  person: "a person",
  api: "the API",
  local: "a person, by hand",
  source: "a change of the shared feed",
  deleted: "the removal of the feed",
};

/** What a person reads for what started a run, as it stands inside a sentence. */
export const triggerWord = (trigger: string): string => WORDS[trigger] ?? trigger;
