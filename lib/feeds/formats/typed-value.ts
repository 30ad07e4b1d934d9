import { readToken } from "@/lib/domain/indicator/line";
import { normalise } from "@/lib/domain/indicator/normalise";
import { quoted } from "@/lib/domain/indicator/problems";
import { meaningOfTypeWord } from "@/lib/feeds/fields/type-words";

import type { Find } from "./candidate";

/**
 * What a text is, beside which the row has a word for its type ("" for none). It is one find; a range of addresses is
 * as many as it has networks.
 */
export const readTyped = (text: string, word: string): readonly Find[] => {
  switch (word === "" ? "open" : meaningOfTypeWord(word)) {
    case "open":
      return readToken(text);
    case "certificate":
      return [readCertificate(text)];
    case "unsupported": {
      const message = `The row calls it ${quoted(word)}, which is no type of indicator.`;
      return [{ ok: false, text, problem: { code: "unsupported_type", message } }];
    }
  }
};

const readCertificate = (text: string): Find => {
  const result = normalise(text, { type: "cert-sha1" });
  return result.ok ? { ok: true, text, value: result.value } : { ok: false, text, problem: result.problem };
};
