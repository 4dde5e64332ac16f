// SHA-512 (FIPS 180-4), for runtimes whose crypto.subtle is missing: browsers
// hide it from pages that came over plain HTTP. Slow and short.

const mask = (1n << 64n) - 1n;
const primes = [];
for (let n = 2n; primes.length < 80; n++) if (primes.every((p) => n % p !== 0n)) primes.push(n);

// The first 64 bits of the fractional part of the root of a prime: the root of
// p shifted, as an integer, without the bits of its integer part.
const initial = primes.slice(0, 8).map((p) => root(p << 128n, 2n) & mask);
const constants = primes.map((p) => root(p << 192n, 3n) & mask);

function root(n, degree) {
  let low = 0n;
  let high = 1n << 80n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= n) low = middle;
    else high = middle;
  }
  return low;
}

/** The SHA-512 of a message. */
export function sha512(message) {
  const padded = new Uint8Array((Math.floor((message.length + 16) / 128) + 1) * 128);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  let state = initial;
  for (let at = 0; at < padded.length; at += 128) {
    const w = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + 8 * i));
    state = compress(state, w);
  }
  const sum = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => sum.setBigUint64(8 * i, word));
  return new Uint8Array(sum.buffer);
}

function compress(state, w) {
  for (let i = 16; i < 80; i++) {
    const [x, y] = [w[i - 15], w[i - 2]];
    w[i] = (w[i - 16] + w[i - 7] + (rotate(x, 1n) ^ rotate(x, 8n) ^ (x >> 7n)) + (rotate(y, 19n) ^ rotate(y, 61n) ^ (y >> 6n))) & mask;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 80; i++) {
    const one = h + (rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n)) + ((e & f) ^ (~e & mask & g)) + constants[i] + w[i];
    const two = (rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
    [a, b, c, d, e, f, g, h] = [(one + two) & mask, a, b, c, (d + one) & mask, e, f, g];
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => (word + state[i]) & mask);
}

function rotate(x, n) {
  return ((x >> n) | (x << (64n - n))) & mask;
}
