import { StopNote } from "./stop-switch";

type Note = Parameters<typeof StopNote>[0];
type Props = Pick<Note, "waiting"> & {
  /** What stops all sending, and what stops the connector's; null where nothing does. */
  ofAll: Note["stop"] | null;
  own: Note["stop"] | null;
  /** Who ends the connector's own, and where, in a sentence. */
  howToEndOwn: string;
};

/** Why nothing leaves for a destination now: that all sending is switched off, or the connector's. */
export const StopNotes = ({ ofAll, own, waiting, howToEndOwn }: Props) => (
  <>
    {ofAll && (
      <StopNote
        stop={ofAll}
        where="to any destination"
        waiting={waiting}
        howToEnd="An administrator ends it on the System page of the administration."
      />
    )}
    {own && <StopNote stop={own} where="here" waiting={waiting} howToEnd={howToEndOwn} />}
  </>
);
