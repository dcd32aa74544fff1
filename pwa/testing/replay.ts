/** Does a trace of the Python twin again on the real store: the shapes of `tests/vectors/phone-traces.json` are told in `tests/simulator/tracing.py`. */
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { seams } from '../src/clock'
import { marks } from '../src/mark'
import { keepProfile } from '../src/session/profile'
import { ask, choosePerson, forgetConnections, personDatabase, read, write } from '../src/store/database'
import { putDraft } from '../src/store/drafts'
import { silence } from '../src/store/events'
import { forgetForm } from '../src/store/facts'
import { forget } from '../src/store/records'
import { type Meta, metaGet, metaPut, type OutboxRow, type OutboxState, type SnapshotRow } from '../src/store/rows'
import { saveEdit } from '../src/store/save'
import type { Patch, Scope } from '../src/store/types'
import { digest } from '../src/sync/digest'
import { syncNow } from '../src/sync/run'
import { copyAll } from './copy'

export interface Told {
  request: Record<string, unknown>
  answer: { status: number; retry_after: number | null; is_json: boolean; body?: unknown; text?: string }
}

export interface TraceEvent {
  do: 'save' | 'page' | 'sync' | 'copy' | 'put_back' | 'wipe'
  now: number
  ids: string[]
  ends?: [string, number]
  state: Record<string, unknown>
  patches: Patch[]
  visited_on: string | null
  draft: string | null
  is_full: boolean
  form?: string
  settles?: string[]
  key: string
  base: Record<string, number>
  rounds: number
  requests: Told[]
  result?: string
  as: string
  copy: string
}

const ME = { person: '7', device: 'd1', name: 'Siti', roles: [], isDemo: false, isCurrent: true, hasSession: true, since: '' }
const FORM = '2026.1'
const EVERY = ['record', 'staged', 'outbox', 'scope', 'draft', 'inbox', 'meta']

function bytesOf(id: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(id.replaceAll('-', '').match(/../g)!.map((hex) => parseInt(hex, 16)))
}

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

function outboxOf(one: OutboxState): unknown[] {
  return [one.id, one.continues, one.settled ? [one.settled.n, one.settled.id] : null]
}

function rowOf(row: OutboxRow): unknown[] {
  return [row.outbox, row.n, row.id, row.bases, `${row.waiting ? 'w' : ''}${row.overlay ? 'o' : ''}${row.raw ? 'r' : ''}`]
}

type Drafts = { key: string; base: Record<string, number> }[]

/** What two twins must agree on, as `state_of` of the twin has it. */
export async function stateOf(): Promise<Record<string, unknown>> {
  const db = await personDatabase()
  return read(db, EVERY, async (tx) => {
    const all = <T>(name: string): Promise<T[]> => ask(tx.objectStore(name).getAll() as IDBRequest<T[]>)
    const meta = <K extends keyof Meta>(key: K): Promise<Meta[K] | undefined> => metaGet(tx, key)
    const [current, floor, clock] = await Promise.all([meta('outbox'), meta('floor'), meta('clock')])
    const rows = await all<OutboxRow>('outbox')
    return {
      current: current ? [current.next, ...outboxOf(current)] : null,
      earlier: ((await meta('earlier')) ?? []).map(outboxOf),
      rows: rows.filter((row) => row.waiting ?? row.overlay).map(rowOf),
      kept: rows.length,
      noted: rows.filter((row) => row.noted).length,
      records: digest(await all<SnapshotRow>('record')),
      staged: digest(await all<SnapshotRow>('staged')),
      scope: Object.fromEntries((await all<Scope>('scope')).map((item) => [item.dasawisma, item.seq])),
      drafts: Object.fromEntries((await all<Drafts[number]>('draft')).map((item) => [item.key, item.base])),
      inbox: (await all('inbox')).length,
      cursor: (await meta('cursor')) ?? null,
      epoch: (await meta('epoch')) ?? null,
      again: (await meta('again')) ?? [],
      building: [...((await meta('building')) ?? [])].sort(),
      offers: (await meta('offers')) ?? [],
      floor: floor ? [floor.seqs, floor.isOpen] : null,
      clock: clock ? [clock.contactLocal, clock.contactServer, clock.latest, clock.jumped] : null,
    }
  })
}

/** A request as the traces have it: raw edits opened, without the app's version. */
export function normal(request: Record<string, unknown>): unknown {
  const { app: _app, edits, ...rest } = request
  const open = (edit: { raw?: string }): unknown => (edit.raw ? { ...edit, raw: JSON.parse(Buffer.from(edit.raw, 'base64').toString()) as unknown } : edit)
  return { ...rest, edits: (edits as { raw?: string }[]).map(open) }
}

/** One phone that does a trace again. */
export class Replay {
  private factory = new IDBFactory()
  private readonly copies = new Map<string, IDBFactory>()
  private key: CryptoKeyPair | null = null
  /** What it sent in the present event. */
  sent: unknown[] = []

  async open(): Promise<void> {
    const made = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
    this.key = made
    await this.start()
  }

  /** The app is opened: nothing is in memory. */
  private async start(): Promise<void> {
    silence()
    forgetConnections()
    forget()
    globalThis.indexedDB = this.factory
    await keepProfile({ ...ME, key: this.key })
  }

  private async formIs(version: string): Promise<void> {
    const db = await personDatabase()
    await write(db, ['meta'], async (tx) => metaPut(tx, 'form', { version, kinds: {} }))
    forgetForm()
  }

  /** Takes one event; what it sends is in `sent`, what it came to is returned. */
  async take(event: TraceEvent): Promise<string | undefined> {
    this.sent = []
    const ids = [...event.ids]
    seams.now = () => event.now
    seams.random = (bytes) => (bytes === 1 ? new Uint8Array(1) : bytesOf(ids.shift() ?? '00000000-0000-4000-8000-000000000000'))
    globalThis.fetch = (path, init) => this.answer(event, String(path), init)
    await this.start()
    await this.formIs(event.form ?? FORM)
    this.watch(event)
    try {
      return await this.act(event)
    } catch (error) {
      if (!event.ends && !event.is_full) throw error
      return undefined
    } finally {
      marks.passed = () => undefined
      await this.start()
    }
  }

  /** Ends the app where the trace says, or before the request after the last one. */
  private watch(event: TraceEvent): void {
    let isDead = false
    const passed = new Map<string, number>()
    marks.passed = (name) => {
      passed.set(name, (passed.get(name) ?? 0) + 1)
      const isCut = event.do === 'sync' && name === 'queue: after commit' && passed.get(name)! > event.rounds
      const [label, count] = event.ends ?? ['', 0]
      if (!isDead && !isCut && !(name === label && passed.get(name) === count)) return
      isDead = true
      forgetConnections()
      choosePerson(null)
      throw new Error(`ended at ${name}`)
    }
  }

  private async act(event: TraceEvent): Promise<string | undefined> {
    switch (event.do) {
      case 'save':
        await this.save(event)
        return undefined
      case 'page':
        await putDraft(event.key, null, event.base)
        return undefined
      case 'sync':
        return (await syncNow()).result
      case 'copy': {
        const kept = new IDBFactory()
        await copyAll(this.factory, kept)
        this.copies.set(event.as, kept)
        return undefined
      }
      case 'put_back':
        this.factory = new IDBFactory()
        await copyAll(this.copies.get(event.copy)!, this.factory)
        return undefined
      case 'wipe':
        this.factory = new IDBFactory()
        return undefined
    }
  }

  private async save(event: TraceEvent): Promise<void> {
    const add = IDBObjectStore.prototype.add
    if (event.is_full) {
      IDBObjectStore.prototype.add = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
    }
    try {
      await saveEdit(event.patches, { visitedOn: event.visited_on, settles: event.settles ?? [], dropDraft: event.draft ?? undefined })
    } finally {
      IDBObjectStore.prototype.add = add
    }
  }

  private async answer(event: TraceEvent, path: string, init: RequestInit = {}): Promise<Response> {
    if (path === '/api/form') return json({ version: FORM, kinds: {} })
    if (path === '/api/session/challenge') return json({ challenge: 'x' })
    if (path !== '/api/sync') return json(ME)
    const bytes = Buffer.from(init.body as Uint8Array)
    const { gunzipSync } = await import('node:zlib')
    const packed = (init.headers as Record<string, string>)['Content-Encoding'] === 'gzip'
    this.sent.push(normal(JSON.parse((packed ? gunzipSync(bytes) : bytes).toString()) as Record<string, unknown>))
    const told = event.requests[this.sent.length - 1]
    if (!told || told.answer.status === 0) throw new TypeError('offline')
    const { status, is_json, retry_after, body, text } = told.answer
    const headers = { 'Content-Type': is_json ? 'application/json' : 'text/html', ...(retry_after !== null && { 'Retry-After': String(retry_after) }) }
    return new Response(body === undefined ? text : JSON.stringify(body), { status, headers })
  }
}
