import { quoted } from "@/lib/domain/indicator/problems";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import type { Relation } from "./sink";
import { hostOf } from "./subject";

/** Says in one short sentence how an entry comes to keep a value in. */
export const explainHit = (
  type: IndicatorType,
  value: string,
  entry: string,
  relation: Relation,
  listName: string,
): string => {
  const subject = subjectOf(type, value);
  const list = ` (${listName}).`;
  switch (relation) {
    case "same":
      return `The same value is listed${list}`;
    case "same-host":
      return `${subject} is listed${list}`;
    case "below":
      return `${subject} lies below ${entry}${list}`;
    case "above":
      return `Blocking ${value} would block ${entry} below it${list}`;
    case "part":
      return `It contains ${quoted(entry)}${list}`;
    case "address-in":
      return entry.includes("/") ? `${subject} lies in ${entry}${list}` : `${subject} is listed${list}`;
    case "network-in":
      return value === entry ? `${value} is listed${list}` : `${value} lies in ${entry}${list}`;
    case "network-holds":
      return `${value} holds ${entry}${list}`;
    case "pattern":
      return `It matches the pattern ${quoted(entry)}${list}`;
  }
};

const subjectOf = (type: IndicatorType, value: string): string => {
  if (type === "url") return `Its host ${hostOf(type, value) ?? value}`;
  return type === "email" ? `Its domain ${hostOf(type, value) ?? value}` : value;
};
