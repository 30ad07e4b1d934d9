/** Why a text is no indicator. The list is closed: counts, filters and translations rely on it. */
export type NormaliseCode =
  | "empty"
  | "too_long"
  | "control_character"
  | "not_an_indicator"
  | "type_mismatch"
  | "address_range"
  | "bad_address"
  | "bad_prefix"
  | "bad_port"
  | "bad_hash"
  | "unsupported_hash"
  | "bad_host"
  | "no_public_suffix"
  | "is_public_suffix"
  | "bad_url"
  | "unsupported_scheme"
  | "bad_email";

/** `message` is one sentence that a person can read and act on. */
export type NormaliseProblem = { code: NormaliseCode; message: string };

const QUOTED_CHARS = 80;

/** A value inside a sentence, cut so that a hostile line cannot fill the screen. */
export const quoted = (text: string): string =>
  `“${text.length > QUOTED_CHARS ? `${text.slice(0, QUOTED_CHARS)}…` : text}”`;
