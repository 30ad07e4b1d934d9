/**
 * What a decoder has made of windows-1252, put right: several Node versions read it as ISO 8859-1, which leaves controls
 * where dashes and quotes belong.
 */
export const repairWindows1252 = (text: string): string => text.replace(C1, repairControl);

const repairControl = (control: string): string => CHARACTERS[control.charCodeAt(0) - 0x80] ?? control;

const C1 = /[\u0080-\u009F]/g;
const CHARACTERS = Array.from("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ");
