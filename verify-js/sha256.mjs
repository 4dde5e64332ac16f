// SHA-256 (FIPS 180-4). A file may have 100 000 lines and needs two hashes for
// each. crypto.subtle takes a turn of the event loop for every one of them,
// some seconds in all; this takes a part of one.

const constants = new Int32Array(64);
const initial = new Int32Array(8);

// The constants are the first 32 bits of the fractional parts of cube and
// square roots of primes.
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
  if (!prime) continue;
  if (found < 8) initial[found] = (Math.sqrt(n) % 1) * 2 ** 32;
  constants[found++] = (Math.cbrt(n) % 1) * 2 ** 32;
}

/** The SHA-256 of the parts, each a Uint8Array, one after the other. */
export function sha256(...parts) {
  let length = 0;
  for (const p of parts) length += p.length;
  const message = scratch(((length + 8) >> 6 << 6) + 64);
  let at = 0;
  for (const p of parts) {
    message.set(p, at);
    at += p.length;
  }
  message[length] = 0x80;
  const bits = message.length - 8;
  for (let i = 0, n = length * 8; i < 8; i++, n = Math.floor(n / 256)) message[bits + 7 - i] = n % 256;
  state.set(initial);
  for (let block = 0; block < message.length; block += 64) compress(message, block);
  const sum = new Uint8Array(32);
  for (let i = 0; i < 32; i++) sum[i] = state[i >> 2] >>> (24 - 8 * (i & 3));
  return sum;
}

const state = new Int32Array(8);
const w = new Int32Array(64);

// A zeroed buffer; the ones for short messages are used again.
const kept = [64, 128, 192, 256].map((n) => new Uint8Array(n));

function scratch(length) {
  return kept[length / 64 - 1]?.fill(0) ?? new Uint8Array(length);
}

function compress(m, block) {
  for (let i = 0, j = block; i < 16; i++, j += 4) w[i] = (m[j] << 24) | (m[j + 1] << 16) | (m[j + 2] << 8) | m[j + 3];
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    w[i] = (w[i - 16] + w[i - 7] + (rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)) + (rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10))) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const one = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + w[i]) | 0;
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0;
    d = c; c = b; b = a; a = (one + two) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

function rotate(x, n) {
  return (x >>> n) | (x << (32 - n));
}
