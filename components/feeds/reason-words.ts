/** What a person reads for the code of a rejection. A code that is new here is shown as words. */
export const reasonLabel = (code: string): string => LABELS[code] ?? code.replaceAll("_", " ");

const LABELS: Readonly<Record<string, string>> = {
  empty: "Empty cell",
  too_long: "Too long",
  control_character: "Control character inside",
  not_an_indicator: "No indicator",
  type_mismatch: "Not of the type it claims",
  address_range: "Range of addresses",
  bad_address: "No valid address",
  bad_prefix: "No valid network size",
  bad_port: "No valid port",
  bad_hash: "No valid hash",
  unsupported_hash: "Hash of an unknown kind",
  bad_host: "No valid host name",
  no_public_suffix: "Unknown ending of a domain",
  is_public_suffix: "A whole ending, not a domain",
  bad_url: "No valid URL",
  unsupported_scheme: "Scheme not supported",
  bad_email: "No valid e-mail address",
  excluded: "Left out by your pattern",
  unsupported_type: "Type not supported",
  malformed_row: "Row does not fit the mapping",
  unclosed_quote: "Quote never closed",
  line_too_long: "Line too long",
};
