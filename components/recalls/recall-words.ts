import { defang } from "@/lib/domain/indicator/defang";
import { normalise } from "@/lib/domain/indicator/normalise";
import type { RecallKind } from "@/lib/domain/screening/recall";

/** What a recall of a kind takes back. */
export const KIND_WORDS: Readonly<Record<RecallKind, string>> = {
  value: "This value alone",
  domain: "The domain with all below it, URLs and e-mail addresses on it included",
  cidr: "Everything inside the network, URLs on its addresses included",
};

/** What is taken back, as it may stand on a screen. */
export const defangTarget = ({ value }: { value: string }): string => {
  const read = normalise(value);
  return read.ok ? defang(read.value.type, read.value.value) : value;
};
