/** `preview`: Microsoft may still change it, and promises nothing of it. */
export const API_STATUSES = ["current", "preview"] as const;
export type ApiStatus = (typeof API_STATUSES)[number];

type Api = { version: string | null; status: ApiStatus; retiresOn: string | null };

/** Until when what is said of them was looked up. */
export const API_STATUS_AS_OF = "November 2026";

/** `version 2024-02-01-preview, a preview: Microsoft may still change it; no end is known`: after what it is called. */
export const describeApi = ({ version, status, retiresOn }: Api, today: Date): string => {
  const which = version === null ? "the current version (1.0)" : `version ${version}`;
  const how = status === "preview" ? ", a preview: Microsoft may still change it" : "";
  return `${which}${how}; ${describeEnd(retiresOn, today)}`;
};

const describeEnd = (retiresOn: string | null, today: Date): string => {
  if (retiresOn === null) return "no end is known";
  return hasRetired(retiresOn, today)
    ? `ended on ${retiresOn}, so Sluice has to be brought up to date`
    : `ends on ${retiresOn}: bring Sluice up to date before`;
};

const hasRetired = (retiresOn: string, today: Date): boolean => retiresOn <= today.toISOString().slice(0, 10);
