import type { Result } from "@/lib/domain/result";

import type { NormaliseProblem } from "./problems";
import type { IndicatorType } from "./types";

/** What was done to a spelling beyond writing it the canonical way; shown where a value is traced. */
export type NormaliseMark =
  | "scheme-added" // no scheme stood there: `http://` is ours
  | "user-info-dropped"
  | "host-bits-dropped"
  | "ipv4-mapped" // ::ffff:a.b.c.d
  | "address-decoded" // decimal, octal, hexadecimal or shortened IPv4 in a URL
  | "wildcard" // *.name or .name
  | "unknown-suffix" // a URL whose host ends in no public suffix
  | "range-split"; // one network of several that make up a range a-b

export type Normalised = {
  type: IndicatorType;
  value: string;
  /** Context only: the host is the indicator. */
  port?: number;
  marks?: readonly NormaliseMark[];
};

export type NormaliseResult = Result<Normalised, NormaliseProblem>;

/** Builds a value without the optional parts that it does not have. */
export const normalised = (
  type: IndicatorType,
  value: string,
  marks: readonly NormaliseMark[] = NO_MARKS,
  port?: number,
): Normalised => {
  const result: Normalised = { type, value };
  if (port !== undefined) result.port = port;
  if (marks.length > 0) result.marks = marks;
  return result;
};

const NO_MARKS: readonly NormaliseMark[] = [];
