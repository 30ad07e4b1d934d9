/**
 * A line of a feed as it may stand on a screen: no program turns what is in it into a link. It is for reading beside
 * the values made of it; unlike `defang` it knows no type and cannot be undone.
 */
export const defangText = (text: string): string =>
  text
    .replaceAll(/\b(?:http|ftp)(?=s?:\/\/)/gi, (scheme) => (scheme.toLowerCase() === "ftp" ? "fxp" : "hxxp"))
    .replaceAll(/(?<=[\p{L}\p{N}_-])\.(?=[\p{L}\p{N}_-])/gu, "[.]");
