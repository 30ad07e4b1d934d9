import { json, Refusal, type Headers, type Reply } from "../http/reply";

/** The error envelope of the upload API and of Azure Resource Manager. */
export const sentinelError = (status: number, code: string, message: string, headers: Headers = {}): Reply =>
  json(status, { error: { code, message } }, { "x-ms-error-code": code, ...headers });

/** The same, to be thrown. */
export const refuse = (status: number, code: string, message: string, headers: Headers = {}): Refusal =>
  new Refusal(sentinelError(status, code, message, headers));
