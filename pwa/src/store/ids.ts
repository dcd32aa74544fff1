/**
 * Names made on the phone: UUIDv7 (RFC 9562), so that ids sort by the time they were born.
 * Works over plain http too, where `crypto.randomUUID` does not exist.
 */
import { seams } from '../clock'

function dashed(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** A new record, edit or row id: UUIDv7 in lower case. */
export function newId(): string {
  const bytes = seams.random(16)
  let left = Math.max(0, seams.now())
  for (let place = 5; place >= 0; place--) {
    bytes[place] = left % 256
    left = Math.floor(left / 256)
  }
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return dashed(bytes)
}

/** A new outbox id: UUIDv4, random, because a cloned phone with a wrong clock must not meet itself. */
export function newOutboxId(): string {
  const bytes = seams.random(16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return dashed(bytes)
}
