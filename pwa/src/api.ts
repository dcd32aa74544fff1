/**
 * The only user of `fetch`. What it decides: headers, compression, digest, and what counts as an answer.
 *
 * An answer counts only when its body is JSON; a captive portal's HTML with status 200 is `json: null`.
 */
import { sha256 } from './sync/sha256'

export interface Reply<T> {
  /** HTTP status; 0 when nothing came back. */
  status: number
  json: T | null
  /** Seconds of `Retry-After`, or null. */
  retryAfter: number | null
  /** Bytes of the bodies on the wire, as far as the page can tell. */
  bytesUp: number
  bytesDown: number
}

const NOTHING = { status: 0, json: null, retryAfter: null, bytesUp: 0, bytesDown: 0 }
const GZIP_ABOVE = 1024
const TIMEOUT_MS = 120_000

function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  if (typeof CompressionStream === 'undefined') return null
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** The bytes of a body as they go on the wire, gzipped above 1 KiB, with the headers that describe them. */
export async function packed(text: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; headers: Record<string, string> }> {
  const plain = new TextEncoder().encode(text)
  const small = plain.length > GZIP_ABOVE ? await gzipped(plain) : null
  const bytes = small ?? plain
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'Content-Digest': `sha-256=:${base64(sha256(bytes))}:`,
    'X-Dawis': '1',
  }
  if (small) headers['Content-Encoding'] = 'gzip'
  return { bytes, headers }
}

function parsed<T>(type: string | null, text: string): T | null {
  if (!type?.includes('json')) return null
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}

function seconds(header: string | null): number | null {
  if (header === null) return null
  const value = Number(header)
  return Number.isFinite(value) && value >= 0 ? value : null
}

async function call<T>(path: string, init: RequestInit, bytesUp: number): Promise<Reply<T>> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS)
  try {
    const response = await fetch(path, { ...init, credentials: 'same-origin', signal: stop.signal, redirect: 'error' })
    const text = await response.text()
    const json = parsed<T>(response.headers.get('Content-Type'), text)
    const bytesDown = seconds(response.headers.get('Content-Length')) ?? text.length
    return { status: response.status, json, retryAfter: seconds(response.headers.get('Retry-After')), bytesUp, bytesDown }
  } catch {
    return NOTHING
  } finally {
    clearTimeout(timer)
  }
}

/** GET of a JSON resource. */
export function get<T>(path: string): Promise<Reply<T>> {
  return call<T>(path, { headers: { Accept: 'application/json' }, cache: 'no-cache' }, 0)
}

/** POST of JSON text that is already written (the sync request: its bytes are what the digest names). */
export async function postText<T>(path: string, text: string): Promise<Reply<T>> {
  const { bytes, headers } = await packed(text)
  return call<T>(path, { method: 'POST', headers, body: bytes, cache: 'no-store' }, bytes.length)
}

/** POST of a value. */
export function post<T>(path: string, value: unknown): Promise<Reply<T>> {
  return postText<T>(path, JSON.stringify(value))
}
