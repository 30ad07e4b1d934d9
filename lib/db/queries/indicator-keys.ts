// The expressions that `indicator` is indexed by (migration `finding`). An index is found by an expression's very words, so
// everybody who asks takes them from here; `i` is the indicator.

/** The network that an address or a network is (index `indicator_network`); null for other types. */
export const NETWORK_KEY = "(CASE WHEN i.type <= 4 THEN i.value::inet END)";

/** The host of a domain, URL or e-mail address, backwards, so that what lies below a name stands together (`indicator_host`). */
export const HOST_KEY = `reverse(left(CASE i.type WHEN 5 THEN i.value
  WHEN 6 THEN split_part(split_part(i.value, '/', 3), ':', 1) WHEN 7 THEN split_part(i.value, '@', -1) END, 255))`;
