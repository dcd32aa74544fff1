/**
 * SHA-256 (FIPS 180-4) in plain TypeScript.
 *
 * `crypto.subtle` does not exist over plain http, where the app must still work, and it is asynchronous;
 * a dasa wisma is about 100 short hashes, a few milliseconds here.
 */

function primes(count: number): number[] {
  const found: number[] = []
  for (let value = 2; found.length < count; value++) if (found.every((prime) => value % prime !== 0)) found.push(value)
  return found
}

function fraction(value: number): number {
  return ((value - Math.floor(value)) * 0x1_0000_0000) | 0
}

const PRIMES = primes(64)
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)))
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))

function rotated(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by))
}

function padded(message: Uint8Array): DataView<ArrayBuffer> {
  const bytes = new Uint8Array(((message.length + 8) >> 6) * 64 + 64)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(bytes.length - 8, Math.floor(message.length / 0x2000_0000))
  view.setUint32(bytes.length - 4, (message.length << 3) >>> 0)
  return view
}

function schedule(view: DataView, offset: number, words: Int32Array): void {
  for (let t = 0; t < 16; t++) words[t] = view.getInt32(offset + t * 4)
  for (let t = 16; t < 64; t++) {
    const near = words[t - 2]!
    const far = words[t - 15]!
    const one = rotated(near, 17) ^ rotated(near, 19) ^ (near >>> 10)
    const zero = rotated(far, 7) ^ rotated(far, 18) ^ (far >>> 3)
    words[t] = (one + words[t - 7]! + zero + words[t - 16]!) | 0
  }
}

function compress(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let t = 0; t < 64; t++) {
    const one = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const t1 = (h + one + ((e & f) ^ (~e & g)) + K[t]! + words[t]!) | 0
    const zero = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    const t2 = (zero + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const mixed = [a, b, c, d, e, f, g, h]
  for (let place = 0; place < 8; place++) state[place] = (state[place]! + mixed[place]!) | 0
}

/** The 32 bytes of SHA-256 of a message. */
export function sha256(message: Uint8Array): Uint8Array {
  const view = padded(message)
  const state = START.slice()
  const words = new Int32Array(64)
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    schedule(view, offset, words)
    compress(state, words)
  }
  const out = new DataView(new ArrayBuffer(32))
  state.forEach((word, place) => out.setInt32(place * 4, word))
  return new Uint8Array(out.buffer)
}
