/** A feed of the team, to choose or chosen; `isGone`: it is neither fetched nor offered any more. */
export type ShownFeed = { id: string; name: string; isGone?: boolean };

/** The feeds to choose from, and those that are chosen although they are gone: they stay so until somebody takes them out. */
export const feedOptions = (
  feeds: readonly ShownFeed[],
  chosen: readonly string[],
): { value: string; label: string }[] => [
  ...feeds
    .filter(({ id, isGone = false }) => !isGone || chosen.includes(id))
    .map(({ id, name, isGone = false }) => ({ value: id, label: isGone ? `${name} (gone)` : name })),
  ...chosen
    .filter((id) => feeds.every((feed) => feed.id !== id))
    .map((id) => ({ value: id, label: "A feed that is gone" })),
];
