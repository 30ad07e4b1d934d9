/**
 * The base of a MISP server from what people paste: with slashes at its end, with a page's path, or with an endpoint's. A
 * server may stand below a path of its own.
 */
export const baseOf = (address: string): string => {
  const url = new URL(address);
  url.hash = "";
  url.search = "";
  url.pathname = url.pathname
    .replace(/\/{2,}/g, "/")
    .replace(PAGE, "")
    .replace(/\/$/, "");
  return url.href.replace(/\/$/, "");
};

const PAGE =
  /\/(?:events|attributes|servers|users|auth_keys|dashboards)(?:\/(?:index|restSearch|view|login|getVersion|my|settings|add|edit)(?:[/.].*)?)?\/?$/i;
