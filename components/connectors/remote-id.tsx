import { None } from "@/components/ui/key-value";
import { TruncatedText } from "@/components/ui/truncated-text";

/** The id of a record at its destination on one line: Sentinel's have 47 characters. */
export const RemoteId = ({ id }: { id: string | null }) =>
  id === null ? <None /> : <TruncatedText text={id} className="max-w-32 font-mono text-xs" />;
