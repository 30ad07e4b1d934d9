import { sha1 } from "./sha1";
import type { IndicatorType } from "./types";

/**
 * The public id of an indicator: UUIDv5 of `type:value` in our own namespace, so that everybody who knows a value
 * knows its id. Epochs above 0 follow a STIX revocation, which is permanent: then it is that of `type:value#epoch`.
 */
export const indicatorId = (type: IndicatorType, value: string, epoch = 0): string =>
  uuidV5(NAMESPACE, epoch === 0 ? `${type}:${value}` : `${type}:${value}#${String(epoch)}`);

/** The id of the STIX object that carries an indicator. */
export const stixId = (type: IndicatorType, value: string, epoch = 0): string =>
  `indicator--${indicatorId(type, value, epoch)}`;

/** A name-based UUID (RFC 9562, 5.5) in lower case; `namespace` is the sixteen bytes of a UUID. */
export const uuidV5 = (namespace: Uint8Array, name: string): string => {
  // Three bytes are the most that UTF-8 needs for one UTF-16 unit.
  const room = 16 + name.length * 3 + PADDING_BYTES;
  const buffer = room <= BUFFER.length ? BUFFER : new Uint8Array(room);
  buffer.set(namespace);
  const { written } = ENCODER.encodeInto(name, buffer.subarray(16));
  const [a = 0, b = 0, c = 0, d = 0] = sha1(buffer, 16 + written);
  const version = (b & 0xffff0fff) | 0x5000;
  const variant = (c & 0x3fffffff) | 0x80000000;
  return `${word(a)}-${half(version >>> 16)}-${half(version)}-${half(variant >>> 16)}-${half(variant)}${word(d)}`;
};

/** The sixteen bytes of a UUID, whatever its case. */
export const uuidBytes = (uuid: string): Uint8Array =>
  Uint8Array.from(uuid.replaceAll("-", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const word = (value: number): string => half(value >>> 16) + half(value);
const half = (value: number): string => `${HEX[(value >>> 8) & 255] ?? ""}${HEX[value & 255] ?? ""}`;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const NAMESPACE = uuidBytes("8f3f6f0e-6c1c-5d43-9c7e-2f6d1f5b0a51");
const ENCODER = new TextEncoder();
const PADDING_BYTES = 72;
const BUFFER = new Uint8Array(2_048);
