/**
 * Activation by code, and renewal of the session by the device key. An ended session never blocks data entry.
 *
 *   POST /api/session/activate   {"code", "device": {"name", "key"}}  -> {"person", "device", "name", "roles", "demo"}
 *   POST /api/session/challenge  {"device"}                           -> {"challenge"}
 *   POST /api/session/renew      {"device", "signature"}              -> as activate
 */
import * as api from '../api'
import { nowText } from '../clock'
import { chosenProfile, keepProfile, leave, type Profile, profiles, type Role } from './profile'

interface Described {
  person: number | string
  device: string | null
  name: string
  roles?: Role[]
  demo?: boolean
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }

async function newKey(): Promise<CryptoKeyPair | null> {
  if (typeof crypto.subtle === 'undefined') return null
  return crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])
}

async function publicJwk(key: CryptoKeyPair | null): Promise<JsonWebKey | undefined> {
  if (!key) return undefined
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', key.publicKey)
  return { kty, crv, x, y } as JsonWebKey
}

function deviceName(): string {
  const model = /\(([^)]*)\)/.exec(navigator.userAgent)?.[1] ?? ''
  const parts = model.split(';').map((part) => part.trim())
  return (parts.find((part) => !/^(Linux|Android|U|X11|K|wv)/.test(part) && part.length > 1) ?? 'HP').slice(0, 40)
}

/** A code as typed: upper case, without spaces and dashes. A secret from a QR is left as it is. */
export function cleanCode(typed: string): string {
  const bare = typed.trim()
  return bare.length > 12 ? bare : bare.replace(/[\s-]/g, '').toUpperCase()
}

/** The secret in a scanned address or in our own fragment (`#aktivasi=SECRET`), or the text itself. */
export function secretIn(text: string): string {
  const found = /#aktivasi=([^&\s]+)/.exec(text)
  return found ? decodeURIComponent(found[1]!) : text
}

/** What an activation came to: `ok`, `offline`, or the code of the server's problem. */
export type Activated = { result: 'ok'; profile: Profile } | { result: 'offline' } | { result: 'problem'; code: string }

/** The stable code of a refusal, or `unknown`. */
export function problemCode(body: unknown): string {
  const code = typeof body === 'object' && body !== null ? (body as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : 'unknown'
}

function isDescribed(body: unknown): body is Described {
  const bag = body as Partial<Described> | null
  return typeof bag === 'object' && bag !== null && bag.person !== undefined && typeof bag.name === 'string'
}

/** Binds this phone to the invited person and opens her store. */
export async function activate(code: string): Promise<Activated> {
  const key = await newKey()
  const device = { name: deviceName(), key: await publicJwk(key) }
  const reply = await api.post<unknown>('/api/session/activate', { code, device })
  if (reply.status >= 200 && reply.status < 300 && isDescribed(reply.json)) {
    const profile = profileOf(reply.json, key)
    await keepProfile(profile)
    return { result: 'ok', profile }
  }
  if (reply.json === null) return { result: 'offline' }
  return { result: 'problem', code: problemCode(reply.json) }
}

function profileOf(body: Described, key: CryptoKeyPair | null): Profile {
  return {
    person: String(body.person),
    device: body.device,
    name: body.name,
    roles: body.roles ?? [],
    isDemo: body.demo === true,
    key,
    isCurrent: true,
    hasSession: true,
    since: nowText(),
  }
}

function base64url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

async function signed(key: CryptoKeyPair, challenge: string): Promise<string> {
  const bytes = new TextEncoder().encode(challenge)
  return base64url(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, bytes))
}

/** Renews the session of the current person without asking anybody. */
export async function renew(): Promise<'ok' | 'offline' | 'blocked' | 'signin'> {
  const profile = await chosenProfile()
  if (!profile?.key || !profile.device) return 'signin'
  const asked = await api.post<{ challenge?: string }>('/api/session/challenge', { device: profile.device })
  if (asked.json === null) return 'offline'
  if (asked.status === 403) return 'blocked'
  if (typeof asked.json.challenge !== 'string') return 'signin'
  const signature = await signed(profile.key, asked.json.challenge)
  const reply = await api.post<unknown>('/api/session/renew', { device: profile.device, signature })
  if (reply.json === null) return 'offline'
  if (reply.status >= 300 || !isDescribed(reply.json)) return reply.status === 403 ? 'blocked' : 'signin'
  if (String(reply.json.person) !== profile.person) return 'signin'
  await keepProfile({ ...profile, name: reply.json.name, roles: reply.json.roles ?? profile.roles, hasSession: true })
  return 'ok'
}

/** Returns to a person who used this phone before; her session is renewed at the next sync. */
export async function switchTo(person: string): Promise<boolean> {
  const found = (await profiles()).find((profile) => profile.person === person)
  if (!found) return false
  await keepProfile(found)
  return true
}

/** Whose session the browser carries: ours, somebody else's (an office login in the same browser), or not to be known now. */
export async function sessionIs(): Promise<'ours' | 'other' | 'unknown'> {
  const profile = await chosenProfile()
  const reply = await api.get<unknown>('/api/session')
  if (reply.status === 401) return 'other'
  if (reply.status !== 200 || !isDescribed(reply.json)) return 'unknown'
  return String(reply.json.person) === profile?.person ? 'ours' : 'other'
}

/** Leaves this phone: ends the session, deletes nothing and sends nothing. */
export async function signOut(): Promise<void> {
  await leave()
  await api.post('/api/session/logout', {})
}
