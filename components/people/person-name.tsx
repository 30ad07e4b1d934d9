import { readPerson } from "@/lib/domain/access/person";

type Props = {
  /** As what they did is recorded: a name, mostly with an e-mail address. */
  of: string;
  /** Shows the address as a second line, where people of one name have to be told apart; else it is behind the name. */
  hasEmail?: boolean;
};

/** A person by name, with the e-mail address where that is known. */
export const PersonName = ({ of, hasEmail = false }: Props) => {
  const { name, email } = readPerson(of);
  if (email === null) return name;
  if (!hasEmail) return <span title={email}>{name}</span>;
  return (
    <>
      {name}
      <span className="text-muted block text-xs wrap-anywhere">{email}</span>
    </>
  );
};
