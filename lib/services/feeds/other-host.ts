import { AppError } from "@/lib/domain/errors";

/** For a feed that keeps its stored sign-in and headers: they are not sent to another host than the saved one. */
export const refuseOtherHost = (savedUrl: string | null, url: string): void => {
  if (savedUrl === null || new URL(savedUrl).origin === new URL(url).origin) return;
  const detail =
    "This is another host. Enter its sign-in and headers anew: the stored ones are not sent there.";
  throw new AppError("invalid_input", detail, { fields: [{ pointer: "/url", detail }] });
};
