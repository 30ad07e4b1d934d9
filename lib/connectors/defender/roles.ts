import { STATISTICS_PERMISSIONS } from "@/lib/domain/delivery/prevalence";

/** Application permissions that let an application push. */
const WRITING_ROLES: ReadonlySet<string> = new Set(["Ti.ReadWrite", "Ti.ReadWrite.All"]);
/** Those whose holder is shown every indicator of the tenant; all others see only what they made themselves. */
const SEEING_ROLES: ReadonlySet<string> = new Set(["Ti.ReadWrite.All", "Ti.Read.All"]);

/** Those of a token's permissions that let it push. */
export const writingRoles = (roles: readonly string[]): string[] =>
  roles.filter((role) => WRITING_ROLES.has(role));

/** Whether a token with these permissions is shown what others put into the tenant. */
export const seesWholeTenant = (roles: readonly string[]): boolean =>
  roles.some((role) => SEEING_ROLES.has(role));

/** What a token lacks to ask on how many devices a value was seen. */
export const missingForPrevalence = (roles: readonly string[]): string[] =>
  Object.values(STATISTICS_PERMISSIONS).filter((role) => !roles.includes(role));
