import { cn } from "./cn";
import { splitTail } from "./truncate";

type Props = { text: string; tailLength?: number; className?: string | undefined };

/** One line that shortens in the middle to whatever width there is. The whole text stays in the page and on hover. */
export const TruncatedText = ({ text, tailLength = 8, className }: Props) => {
  const { head, tail } = splitTail(text, tailLength);
  return (
    <span title={text} className={cn("inline-flex max-w-full min-w-0", className)}>
      <span className="overflow-hidden text-ellipsis whitespace-pre">{head}</span>
      {tail !== "" && <span className="shrink-0 whitespace-pre">{tail}</span>}
    </span>
  );
};
