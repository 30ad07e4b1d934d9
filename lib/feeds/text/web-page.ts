/** Whether a text begins as a web page does: a log-in wall or an error, never a list. */
export const isWebPage = (text: string): boolean => WEB_PAGE.test(text.slice(0, 2_000));

const WEB_PAGE = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i;
