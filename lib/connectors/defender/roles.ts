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
