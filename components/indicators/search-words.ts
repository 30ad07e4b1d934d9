import { defang } from "@/lib/domain/indicator/defang";
import { isRecordNumber, type SearchQuery } from "@/lib/domain/indicator/search-query";
import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";

export type SearchWords = {
  /** How the text was understood: "everything inside or around 198.51.100.0/24". */
  understood: string;
  /** What to say when nothing is found. */
  missing: string;
  /** What to try then. */
  advice: string;
};

/** What a search asks for, in words; values as they may stand on a screen. */
export const describeSearch = (query: SearchQuery): SearchWords => {
  switch (query.kind) {
    case "network": {
      const network = defang(query.cidr.includes(":") ? "ipv6-cidr" : "ipv4-cidr", query.cidr);
      return {
        understood: `everything inside or around ${network}`,
        missing: `No indicator inside or around ${network}`,
        advice: "Try a wider network: a smaller number after the slash.",
      };
    }
    case "domain": {
      const host = defang("domain", query.host);
      return {
        understood: `${host}, its subdomains, and the URLs and e-mail addresses at them`,
        missing: `No indicator at ${host} or below it`,
        advice: "Try the domain above it, or a part of the name: that finds look-alikes, too.",
      };
    }
    case "value":
      return describeValue(query);
    case "id":
      return {
        understood: `the indicator with the id ${query.id}, here, at a source or at a destination`,
        missing: `Your team has no indicator with the id ${query.id}`,
        advice:
          "Ids of Sluice, of entries and events at a source, and of records at Defender or Sentinel are looked for. Check that it was copied whole.",
      };
    case "text": {
      const text = `“${query.text}”`;
      const isLong = query.text.length >= SHORTEST_PART;
      return {
        understood: `values that begin with ${text}${isLong ? ", and domains, URLs and e-mail addresses that contain it" : ""}${isRecordNumber(query.text) ? ", and the record with this number at a destination" : ""}`,
        missing: `No indicator begins with ${isLong ? `or contains ${text}` : text}`,
        advice: isLong
          ? "Try fewer characters. Of hashes and addresses only the beginning is looked at; a network finds what is inside it."
          : "From three characters on, domains, URLs and e-mail addresses that contain them are found, too.",
      };
    }
  }
};

const describeValue = ({ type, value }: Extract<SearchQuery, { kind: "value" }>): SearchWords => {
  const shown = defang(type, value);
  const words = {
    understood: `${INDICATOR_TYPE_LABELS[type]} ${shown}`,
    missing: `Your team does not have ${shown}`,
  };
  if (type === "ipv4" || type === "ipv6")
    return {
      understood: `${words.understood}, and the networks around it`,
      missing: `${words.missing}, nor a network around it`,
      advice: "Try a network, such as its first numbers with /24, for its neighbours.",
    };
  if (type === "url")
    return {
      understood: `${words.understood}, and URLs that begin with it`,
      missing: `${words.missing}, nor a URL that begins with it`,
      advice: "Try its domain alone: that finds every URL there.",
    };
  return { ...words, advice: "It is looked for in any spelling and case. Try its beginning." };
};

const SHORTEST_PART = 3;
