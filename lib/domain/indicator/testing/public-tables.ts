import type { ReadCase } from "./agreement";
import { IOC_FINDER } from "./public-tables/ioc-finder";
import { IOCEXTRACT } from "./public-tables/iocextract";
import { MINEMELD } from "./public-tables/minemeld";
import { MISP } from "./public-tables/misp";
import { MISP_ERRORS } from "./public-tables/misp-errors";
import { OTHERS } from "./public-tables/others";
import { PYMISP } from "./public-tables/pymisp";

export { VALIDITY } from "./public-tables/validity";

/** The tables with which our parser must agree, and with those below it, where it does not, say why. */
export const BINDING_TABLES: ReadonlyMap<string, readonly ReadCase[]> = new Map([
  ["MISP", MISP],
  ["PyMISP", PYMISP],
]);

export const PUBLIC_TABLES: ReadonlyMap<string, readonly ReadCase[]> = new Map([
  ...BINDING_TABLES,
  ["what MISP misreads", MISP_ERRORS],
  ["MineMeld", MINEMELD],
  ["iocextract", IOCEXTRACT],
  ["ioc-finder", IOC_FINDER],
  ["other extractors", OTHERS],
]);
