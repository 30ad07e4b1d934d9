import { type Call } from "../http/call";

import { refuse } from "./errors";

/** Throws 400 unless the call names one of the versions that the operation has. */
export const requireApiVersion = (call: Call, versions: readonly string[]): void => {
  const version = call.query.get("api-version");
  if (version === null) {
    throw refuse(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  if (!versions.includes(version)) {
    throw refuse(
      400,
      "InvalidApiVersionParameter",
      `The api-version '${version}' is invalid. The supported versions are '${versions.join(",")}'.`,
    );
  }
};
