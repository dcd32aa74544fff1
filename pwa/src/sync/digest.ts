/**
 * The digest of a dasa wisma: proof that the phone's copy equals the server's.
 * Twin of the server's digest; both read `tests/vectors/digest.json`.
 */
import { sha256 } from './sha256'

export interface Digested {
  id: string
  version: number
}

const encoder = new TextEncoder()

function first64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getBigUint64(0)
}

/** Sum modulo 2^64 of the first 8 bytes of SHA-256 of `id:version` over live records, as 16 hex digits. */
export function digest(records: Iterable<Digested>): string {
  let sum = 0n
  for (const { id, version } of records) sum += first64(sha256(encoder.encode(`${id}:${version}`)))
  return BigInt.asUintN(64, sum).toString(16).padStart(16, '0')
}
