/**
 * SHA-1 of the first `length` bytes of a buffer, as five 32-bit words (FIPS 180-4). Only for computed names (UUIDv5),
 * never for security. Written out because the domain core imports no `node:crypto` and stays callable in a browser.
 *
 * The buffer is a scratch pad: padding overwrites what follows, so it needs room for `length` + 72 bytes. The
 * returned words are overwritten by the next call.
 */
export const sha1 = (bytes: Uint8Array, length: number): Readonly<Int32Array> => {
  const padded = (length + 72) & ~63;
  bytes.fill(0, length, padded);
  bytes[length] = 0x80;
  const bits = length * 8;
  for (let byte = 0; byte < 4; byte++) bytes[padded - 1 - byte] = (bits >>> (byte * 8)) & 255;
  STATE.set(INITIAL);
  for (let offset = 0; offset < padded; offset += 64) {
    expand(bytes, offset);
    compress();
  }
  return STATE;
};

const expand = (bytes: Uint8Array, offset: number): void => {
  for (let round = 0; round < 16; round++) {
    const at = offset + round * 4;
    SCHEDULE[round] =
      (byteAt(bytes, at) << 24) |
      (byteAt(bytes, at + 1) << 16) |
      (byteAt(bytes, at + 2) << 8) |
      byteAt(bytes, at + 3);
  }
  for (let round = 16; round < 80; round++) {
    const mixed = wordAt(round - 3) ^ wordAt(round - 8) ^ wordAt(round - 14) ^ wordAt(round - 16);
    SCHEDULE[round] = (mixed << 1) | (mixed >>> 31);
  }
};

const compress = (): void => {
  let a = STATE[0] ?? 0;
  let b = STATE[1] ?? 0;
  let c = STATE[2] ?? 0;
  let d = STATE[3] ?? 0;
  let e = STATE[4] ?? 0;
  for (let round = 0; round < 80; round++) {
    let chosen: number;
    if (round < 20) chosen = ((b & c) | (~b & d)) + 0x5a827999;
    else if (round < 40) chosen = (b ^ c ^ d) + 0x6ed9eba1;
    else if (round < 60) chosen = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else chosen = (b ^ c ^ d) + 0xca62c1d6;
    const mixed = (((a << 5) | (a >>> 27)) + chosen + e + wordAt(round)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = mixed;
  }
  STATE[0] = (STATE[0] ?? 0) + a;
  STATE[1] = (STATE[1] ?? 0) + b;
  STATE[2] = (STATE[2] ?? 0) + c;
  STATE[3] = (STATE[3] ?? 0) + d;
  STATE[4] = (STATE[4] ?? 0) + e;
};

// Typed arrays never hold `undefined` within their length; the fallback only satisfies the compiler.
const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;
const wordAt = (index: number): number => SCHEDULE[index] ?? 0;

const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
const STATE = new Int32Array(5);
const SCHEDULE = new Int32Array(80);
