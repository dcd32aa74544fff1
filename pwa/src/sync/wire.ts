/**
 * The sync contract's words as types, and the check that a reply has their shape.
 * An answer of another shape (a captive portal, a proxy's error page) is not an answer: nothing of it is stored.
 */

export interface Lost {
  record: string
  field: string
  kept?: unknown
  conflict?: string
  code?: string
}

export interface Verdict {
  n: number
  id: string
  verdict: string
  seq?: number
  lost?: Lost[]
  was?: Verdict
  code?: string
  field?: string
  ticket?: string
  need?: number
}

export interface WireRecord {
  kind: string
  id: string
  version: number
  dasawisma: string
  state: string
  confirmed_on?: string | null
  fields: Record<string, unknown>
}

export interface Gone {
  id: string
  from: string
  version: number
  why: string
  to?: string
}

export interface WireScope {
  dasawisma: string
  name: string
  seq: number
  count: number
  digest: string
  from_zero: boolean
}

export interface WireInbox {
  seq: number
  id: string
  type: string
  at: string
  record?: string
  [more: string]: unknown
}

export interface Answer {
  applied_through: number
  applied_id: string | null
  verdicts: Verdict[]
  records: WireRecord[]
  gone: Gone[]
  scope: WireScope[]
  inbox: WireInbox[]
  cursor: string | null
  more: boolean
  server: { now: string; epoch: string }
  wait: number
}

/** Body of a 409: another history. */
export interface Restored {
  epoch: string
  restored_at: Record<string, number>
}

/** One edit on the wire. */
export interface WireEdit {
  n: number
  id: string
  [more: string]: unknown
}

export interface SyncRequest {
  protocol: 1
  app: string
  form: string
  outbox: string
  continues: { outbox: string; through: number } | null
  epoch: string | null
  prev: string | null
  clock: { now: string; trust: 'high' | 'low' }
  edits: WireEdit[]
  cursor: string | null
  again: string[]
}

type Bag = Record<string, unknown>

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function every(value: unknown, shape: Record<string, string>): boolean {
  const fits = (item: unknown): boolean => isBag(item) && Object.entries(shape).every(([key, type]) => typeof item[key] === type)
  return Array.isArray(value) && value.every(fits)
}

/** The answer, or null when the body does not have its shape or does not answer exactly these edits in this order. */
export function readAnswer(body: unknown, edits: { n: number; id: string }[]): Answer | null {
  if (!isBag(body) || typeof body['applied_through'] !== 'number' || typeof body['more'] !== 'boolean') return null
  const server = body['server']
  if (!isBag(server) || typeof server['now'] !== 'string' || typeof server['epoch'] !== 'string') return null
  const isWhole =
    every(body['verdicts'], { n: 'number', id: 'string', verdict: 'string' }) &&
    every(body['records'], { id: 'string', kind: 'string', version: 'number', dasawisma: 'string', state: 'string', fields: 'object' }) &&
    every(body['gone'], { id: 'string', version: 'number', why: 'string' }) &&
    every(body['scope'], { dasawisma: 'string', seq: 'number', digest: 'string' }) &&
    every(body['inbox'], { id: 'string', type: 'string' })
  if (!isWhole) return null
  const answer = body as unknown as Answer
  const answersThese = answer.verdicts.length === edits.length && edits.every((edit, at) => answer.verdicts[at]!.id === edit.id)
  return answersThese ? answer : null
}

/** The body of a 409, or null. */
export function readRestored(body: unknown): Restored | null {
  if (!isBag(body) || typeof body['epoch'] !== 'string' || !isBag(body['restored_at'])) return null
  return body as unknown as Restored
}
