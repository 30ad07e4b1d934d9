import { TextLink } from "@/components/ui/text-link";

type Props = { team: string; id: string; name: string; below: string | null };

/** A connector by its name, with a word about it below. */
export const ConnectorCell = ({ team, id, name, below }: Props) => (
  <>
    <TextLink href={`/t/${team}/connectors/${id}`} className="block truncate font-medium" title={name}>
      {name}
    </TextLink>
    {below !== null && <span className="text-muted block text-xs">{below}</span>}
  </>
);
