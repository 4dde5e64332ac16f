// Ed25519 (RFC 8032) without the cofactor, as section 7.1 asks. WebCrypto does
// the work where it can be trusted with it; what runtimes disagree about (weak
// keys, second spellings, the cofactor) is decided here.

import { sha512 } from './sha512.mjs';

const p = 2n ** 255n - 19n;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const d = mod(-121665n * invert(121666n));
const rootOfMinusOne = power(2n, (p - 1n) / 4n);

const base = decompress(bytesOf(mod(4n * invert(5n))));
const neutral = [0n, 1n, 1n, 0n];

function mod(a) {
  const r = a % p;
  return r < 0n ? r + p : r;
}

function power(a, exponent) {
  let result = 1n;
  for (let b = a, e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % p;
    b = (b * b) % p;
  }
  return result;
}

function invert(a) {
  return power(mod(a), p - 2n);
}

function numberOf(bytes) {
  let text = '0x';
  for (let i = bytes.length - 1; i >= 0; i--) text += bytes[i].toString(16).padStart(2, '0');
  return BigInt(text);
}

function bytesOf(number) {
  const bytes = new Uint8Array(32);
  for (let i = 0, n = number; i < 32; i++, n >>= 8n) bytes[i] = Number(n & 255n);
  return bytes;
}

// The point of an encoding in extended coordinates, null when it is not on the
// curve or not in its one spelling.
function decompress(bytes) {
  const number = numberOf(bytes);
  const sign = number >> 255n;
  const y = number & (2n ** 255n - 1n);
  if (y >= p) return null;
  const u = mod(y * y - 1n);
  const v = mod(d * y * y + 1n);
  const v3 = (((v * v) % p) * v) % p;
  let x = (((u * v3) % p) * powerOfRoot((((u * v3) % p) * ((((v3 * v) % p)) % p)) % p)) % p;
  const check = (((v * x) % p) * x) % p;
  if (check === mod(-u)) x = (x * rootOfMinusOne) % p;
  else if (check !== u) return null;
  if (x === 0n && sign === 1n) return null;
  if ((x & 1n) !== sign) x = p - x;
  return [x, y, 1n, (x * y) % p];
}

// a to the power of (p - 5) / 8 = 2^252 - 3, in a chain with few products.
function powerOfRoot(a) {
  const squared = (x, times) => {
    for (let i = 0; i < times; i++) x = (x * x) % p;
    return x;
  };
  const two = (squared(a, 1) * a) % p; // 2^2 - 1
  const four = (squared(two, 2) * two) % p;
  const five = (squared(four, 1) * a) % p;
  const ten = (squared(five, 5) * five) % p;
  const twenty = (squared(ten, 10) * ten) % p;
  const forty = (squared(twenty, 20) * twenty) % p;
  const fifty = (squared(forty, 10) * ten) % p;
  const hundred = (squared(fifty, 50) * fifty) % p;
  const twoHundred = (squared(hundred, 100) * hundred) % p;
  const most = (squared(twoHundred, 50) * fifty) % p; // 2^250 - 1
  return (squared(most, 2) * a) % p;
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * t2 % p * d);
  const e = mod(2n * z1 * z2);
  const [f, g, h, i] = [b - a, e - c, e + c, b + a];
  return [mod(f * g), mod(h * i), mod(g * h), mod(f * i)];
}

function multiply(point, factor) {
  let result = neutral;
  for (let q = point, n = factor; n > 0n; n >>= 1n) {
    if (n & 1n) result = add(result, q);
    q = add(q, q);
  }
  return result;
}

function compress([x, y, z]) {
  const inverse = invert(z);
  return bytesOf(mod(y * inverse) | ((mod(x * inverse) & 1n) << 255n));
}

// y of the points of order 8, but for their sign. A point has small order when
// its y is this, 0 (order 4), 1 (order 1) or -1 (order 2).
const ofOrder8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const small = new Set([0n, 1n, p - 1n, ofOrder8, p - ofOrder8]);

/**
 * What is wrong with 32 bytes as a public key: undefined, or the reason
 * key.not-canonical, key.off-curve or key.small-order. Takes no root: a file may
 * hold ninety thousand keys that are only listed.
 */
export function faultOfKey(bytes) {
  const number = numberOf(bytes);
  const y = number & (2n ** 255n - 1n);
  if (y >= p) return 'key.not-canonical';
  if (small.has(y)) {
    const negativeZero = (y === 1n || y === p - 1n) && number !== y;
    return negativeZero ? 'key.not-canonical' : 'key.small-order';
  }
  return isSquare(mod((y * y - 1n) * mod(d * y * y + 1n))) ? undefined : 'key.off-curve';
}

// By the Jacobi symbol of a over p; a is not 0.
function isSquare(a) {
  let sign = true;
  for (let n = p; a !== 0n;) {
    let twos = 0;
    for (; (a & 0xffn) === 0n; a >>= 8n) twos += 8;
    for (; (a & 1n) === 0n; a >>= 1n) twos++;
    const rest = n & 7n;
    if (twos % 2 === 1 && (rest === 3n || rest === 5n)) sign = !sign;
    if ((a & 3n) === 3n && (n & 3n) === 3n) sign = !sign;
    [a, n] = [n % a, a];
  }
  return sign;
}

/** Whether 32 bytes are the one spelling of a point, by taking the root. */
export function isPoint(bytes) {
  return decompress(bytes) !== null;
}

/** Whether R and S of a signature are in their one spelling. */
function wellFormed(signature) {
  return signature.length === 64 && numberOf(signature.subarray(32)) < order &&
    (numberOf(signature.subarray(0, 32)) & (2n ** 255n - 1n)) < p;
}

/**
 * Whether a signature of a message verifies under a key without fault. Uses
 * crypto.subtle where it knows Ed25519 and judges as it should, and arithmetic
 * of this file elsewhere.
 */
export async function verifySignature(key, message, signature) {
  if (!wellFormed(signature)) return false;
  return (await engine())(key, message, signature);
}

let chosen;

function engine() {
  chosen ??= choose();
  return chosen;
}

async function choose() {
  try {
    const [good, bad] = probes.map(({ key, message, signature }) =>
      [fromHex(key), new TextEncoder().encode(message), fromHex(signature)]);
    if ((await bySubtle(...good)) && !(await bySubtle(...bad))) return bySubtle;
  } catch {
    // This runtime has no Ed25519.
  }
  return byArithmetic;
}

/** By the runtime. Only for signatures that are well formed. */
export async function bySubtle(key, message, signature) {
  const { subtle } = await webCrypto();
  const imported = await subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
  return subtle.verify({ name: 'Ed25519' }, imported, signature, message);
}

/** By the definition: the encoding of [S]B - [k]A equals the bytes of R. */
export function byArithmetic(key, message, signature) {
  const point = decompress(key);
  if (point === null || !wellFormed(signature)) return false;
  const hashed = new Uint8Array(64 + message.length);
  hashed.set(signature.subarray(0, 32));
  hashed.set(key, 32);
  hashed.set(message, 64);
  const k = numberOf(sha512(hashed)) % order;
  const [x, y, z, t] = point;
  const minus = [mod(-x), y, z, mod(-t)];
  const r = compress(add(multiply(base, numberOf(signature.subarray(32))), multiply(minus, k)));
  return r.every((byte, i) => byte === signature[i]);
}

// Node 18 has WebCrypto, but not under the name that browsers use.
async function webCrypto() {
  return globalThis.crypto ?? (await import('node:crypto')).webcrypto;
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

// A signature that every runtime must take (RFC 8032, section 7.1, the first
// test), and one that only verifiers with the cofactor take.
const probes = [
  {
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature: 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    key: '36e6a76abc7febe119e60b845c2f3b53eeb4f7cb1550159c90890668df5809b4',
    message: 'ACME/pott-set/1600065823/1\n6\nPnv9agPJgUfrtS0QfLYKiWQDPZwMhf/Pz9qrcS19ppE=\n',
    signature: 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037abfa94d7a3dc294c78894171d4eeced9aaa2cfded235384894c64f01fa9861201',
  },
];
