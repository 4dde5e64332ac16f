// Base64 (RFC 4648, section 4) in its one spelling: padded, no line breaks, no
// stray bits.

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const value = new Map([...letters].map((c, i) => [c, i]));

/** The bytes, or undefined when the text is not base64 in its one spelling. */
export function decode(text) {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length - padding; i++) {
    const v = value.get(text[i]);
    if (v === undefined) return undefined;
    held = ((held << 6) | v) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  return held & ((1 << bits) - 1) ? undefined : bytes;
}

/** The base64 of bytes. */
export function encode(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += letters[n >> 18] + letters[(n >> 12) & 63] + letters[(n >> 6) & 63] + letters[n & 63];
  }
  const over = bytes.length % 3;
  return over ? text.slice(0, over - 3) + '='.repeat(3 - over) : text;
}

/** Bytes in lower-case hexadecimal digits. */
export function hex(bytes) {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
