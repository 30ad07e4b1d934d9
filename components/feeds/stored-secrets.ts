const AUTH_WORDS: Readonly<Record<string, string>> = {
  basic: "user name and password",
  bearer: "bearer token",
  misp: "MISP key",
  unreadable: "sealed with a key that is gone",
};

/** What is stored of a feed's secrets, by name and never by value: "bearer token, header X-Api-Key". */
export const describeStored = ({
  authType,
  headerNames,
}: {
  authType: string;
  headerNames: readonly string[];
}): string => {
  const auth = authType === "none" ? [] : [AUTH_WORDS[authType] ?? authType];
  const headers = headerNames.length === 0 ? [] : [`header ${headerNames.join(", ")}`];
  const parts = [...auth, ...headers];
  return parts.length === 0 ? "no sign-in, no headers" : parts.join("; ");
};
