/**
 * The sync loop: requests until everything waiting has a verdict and the pull is complete.
 *
 * Runs in a page or in the service worker, never in both (`lock.ts`). It keeps no state of its own:
 * every step is read from the store and stored before the next one, so it may be killed anywhere.
 */
import * as api from '../api'
import { seams } from '../clock'
import { mark } from '../mark'
import { chosenProfile } from '../session/profile'
import { problemCode, renew, sessionIs } from '../session/session'
import { askAgain, copiesOf, storeAnswer, type Stored } from '../store/answer'
import { chosenPerson } from '../store/database'
import { emit } from '../store/events'
import { lookForForm, scopes, storedFormVersion } from '../store/facts'
import { dropOld, fork, markRaw, nextQueue, type Queue, recover } from '../store/outbox'
import type { EditBody, OutboxRow } from '../store/rows'
import { open } from '../store/seal'
import { addLog, type LogLine } from '../store/told'
import { type EditContent, fitting, MAX_EDITS, wireEdit } from './batch'
import { digest } from './digest'
import { withSyncLock } from './lock'
import { type Answer, readAnswer, readRestored, type SyncRequest, type WireEdit } from './wire'

declare const __APP_VERSION__: string

const APP = typeof __APP_VERSION__ === 'string' ? __APP_VERSION__ : '0'
const MAX_ROUNDS = 500
const MAX_REPAIRS = 2
const MAX_TROUBLES = 6

/** How a run ended: `done`, or why it stopped. `waitMs` is when to try again. */
export interface Ended {
  result: 'done' | 'offline' | 'failed' | 'signin' | 'blocked' | 'later' | 'old' | 'idle'
  waitMs: number
}

interface Run {
  line: LogLine
  limit: number
  retried: boolean
  renewed: boolean
  troubles: number
  repairs: number
  wait: number
}

type Next = 'again' | Ended

const LATER_MS = 60_000

function ended(result: Ended['result'], waitMs: number): Ended {
  return { result, waitMs }
}

async function editsOf(rows: OutboxRow[]): Promise<WireEdit[]> {
  const contents = await Promise.all(rows.map((row) => open<EditBody>(`outbox/${row.id}`, row.body)))
  return rows.map((row, place) => wireEdit(row, contents[place] as EditContent))
}

async function requestOf(queue: Queue, limit: number): Promise<{ request: SyncRequest; text: string }> {
  const edits = await editsOf(queue.rows.slice(0, limit))
  const count = fitting(edits.map((edit) => JSON.stringify(edit).length), limit)
  const request: SyncRequest = {
    protocol: 1,
    app: APP,
    form: await storedFormVersion(),
    outbox: queue.outbox.id,
    continues: queue.outbox.continues,
    epoch: queue.epoch,
    prev: queue.prev,
    clock: { now: new Date(seams.now()).toISOString(), trust: queue.trust },
    edits: edits.slice(0, count),
    cursor: queue.cursor,
    again: queue.again,
  }
  return { request, text: JSON.stringify(request) }
}

function jitter(ms: number): number {
  return Math.round(ms * (1 + seams.random(1)[0]! / 512))
}

function count(run: Run, answer: Answer): void {
  const { line } = run
  line.sent += answer.verdicts.filter((item) => item.verdict !== 'gap' && item.verdict !== 'fork').length
  line.received += answer.records.length
  line.gone += answer.gone.length
  for (const { verdict } of answer.verdicts) line.verdicts[verdict] = (line.verdicts[verdict] ?? 0) + 1
}

/** Compares every copy with the server's digest; names the differing ones to be sent again. */
async function repair(run: Run, answer: Answer): Promise<boolean> {
  const copies = await copiesOf(answer.scope.map((item) => item.dasawisma))
  const differing = answer.scope.filter((item) => digest(copies.get(item.dasawisma) ?? []) !== item.digest).map((item) => item.dasawisma)
  if (differing.length === 0) return false
  run.line.repaired.push(...differing)
  mark('digest differs')
  run.repairs += 1
  await askAgain(differing)
  return run.repairs <= MAX_REPAIRS
}

function trouble(run: Run): Next {
  run.troubles += 1
  return run.troubles < MAX_TROUBLES ? 'again' : ended('failed', jitter(LATER_MS))
}

/** A dasa wisma this phone has never seen may mean that somebody else signed in on this browser. */
async function hasStrangeScope(answer: Answer): Promise<boolean> {
  const known = new Set((await scopes()).map((item) => item.dasawisma))
  return known.size > 0 && answer.scope.some((item) => !known.has(item.dasawisma))
}

/** Before anything drastic: is this session ours at all? Null when it is. */
async function notOurs(run: Run): Promise<Next | null> {
  const whose = await sessionIs()
  if (whose === 'ours') return null
  return whose === 'other' ? signIn(run) : ended('offline', jitter(LATER_MS))
}

async function tookAnswer(run: Run, queue: Queue, answer: Answer, tooOld: boolean): Promise<Next> {
  const stranger = (await hasStrangeScope(answer)) ? await notOurs(run) : null
  if (stranger) return stranger
  const stored = await storeAnswer(queue, answer, tooOld)
  if (stored.then !== 'ok') return (await notOurs(run)) ?? startAnew(run, stored)
  count(run, answer)
  run.wait = answer.wait * 1000
  if (answer.verdicts.some((item) => item.verdict === 'gap')) return trouble(run)
  return afterStored(run, answer, tooOld)
}

async function startAnew(run: Run, stored: Exclude<Stored, { then: 'ok' }>): Promise<Next> {
  if (stored.then === 'fork') await fork(stored.apart, stored.restored)
  else await recover(stored.restored)
  run.line.result = stored.then === 'fork' ? 'forked' : 'restored'
  return trouble(run)
}

async function afterStored(run: Run, answer: Answer, tooOld: boolean): Promise<Next> {
  const queue = await nextQueue()
  const isDrained = queue.rows.length === 0 && !queue.isOffer
  if (tooOld) return isDrained ? ended('old', LATER_MS) : 'again'
  if (answer.more || !isDrained) return 'again'
  if (await repair(run, answer)) return 'again'
  return ended('done', run.wait)
}

/** 400 and 413: once more as it was (400), then half the batch, then the one edit as raw bytes. */
async function tooMuch(run: Run, queue: Queue, sent: number, status: number): Promise<Next> {
  if (sent === 0) return ended('failed', jitter(LATER_MS))
  if (status === 400 && !run.retried) {
    run.retried = true
    return 'again'
  }
  run.retried = false
  if (sent > 1) {
    run.limit = Math.max(1, Math.floor(sent / 2))
    mark('halved')
    return 'again'
  }
  const only = queue.rows[0]!
  if (only.raw) return ended('failed', jitter(LATER_MS))
  await markRaw(only)
  return 'again'
}

async function signIn(run: Run): Promise<Next> {
  if (run.renewed) return ended('signin', LATER_MS)
  run.renewed = true
  mark('sign in: before')
  const result = await renew()
  mark('sign in: after')
  if (result === 'ok') return 'again'
  return ended(result === 'offline' ? 'offline' : result === 'blocked' ? 'blocked' : 'signin', LATER_MS)
}

async function round(run: Run): Promise<Next> {
  const queue = await nextQueue()
  mark('queue: after commit')
  const { request, text } = await requestOf(queue, run.limit)
  mark('send: before')
  const reply = await api.postText<unknown>('/api/sync', text)
  mark('send: after')
  run.line.bytesUp += reply.bytesUp
  run.line.bytesDown += reply.bytesDown
  run.line.status = reply.status
  const isNormal = reply.status === 200 || reply.status === 426
  const answer = isNormal ? readAnswer(reply.json, request.edits) : null
  if (answer) return tookAnswer(run, queue, answer, reply.status === 426)
  return otherwise(run, queue, request, reply)
}

async function otherwise(run: Run, queue: Queue, request: SyncRequest, reply: api.Reply<unknown>): Promise<Next> {
  const restored = reply.status === 409 ? readRestored(reply.json) : null
  if (restored) {
    run.line.result = 'restored'
    await recover(restored)
    return trouble(run)
  }
  if (reply.status === 401) return signIn(run)
  if (reply.status === 403 && problemCode(reply.json) === 'device.blocked') return ended('blocked', 10 * LATER_MS)
  if (reply.status === 400 || reply.status === 413) return tooMuch(run, queue, request.edits.length, reply.status)
  if ([429, 503, 507].includes(reply.status)) return ended('later', jitter((reply.retryAfter ?? 60) * 1000))
  return ended(reply.status === 0 || (reply.status === 200 && reply.json === null) ? 'offline' : 'failed', jitter(LATER_MS))
}

function freshRun(): Run {
  const line: LogLine = {
    at: new Date(seams.now()).toISOString(),
    result: '',
    status: 0,
    sent: 0,
    received: 0,
    gone: 0,
    bytesUp: 0,
    bytesDown: 0,
    verdicts: {},
    repaired: [],
  }
  return { line, limit: MAX_EDITS, retried: false, renewed: false, troubles: 0, repairs: 0, wait: 0 }
}

async function rounds(run: Run): Promise<Ended> {
  if ((await chosenProfile())?.hasSession === false) {
    const signed = await signIn(run)
    if (signed !== 'again') return signed
  }
  for (let at = 0; at < MAX_ROUNDS; at++) {
    const next = await round(run)
    if (next !== 'again') return next
  }
  return ended('failed', LATER_MS)
}

const SHOWN: Record<Ended['result'], 'offline' | 'idle' | 'failed'> = {
  done: 'idle',
  idle: 'idle',
  old: 'idle',
  offline: 'offline',
  failed: 'failed',
  signin: 'failed',
  blocked: 'failed',
  later: 'failed',
}

async function wholeRun(): Promise<Ended> {
  const run = freshRun()
  emit({ what: 'sync', state: 'syncing', reason: 'syncing' })
  let end: Ended
  try {
    end = await rounds(run)
    if (end.result === 'done') {
      await lookForForm()
      await dropOld()
    }
  } catch (error) {
    console.warn('sync', error)
    end = ended('failed', jitter(LATER_MS))
  }
  if (run.line.result === '' || end.result !== 'done') run.line.result = end.result
  await addLog(run.line).catch(() => undefined)
  emit({ what: 'sync', state: SHOWN[end.result], reason: end.result })
  emit({ what: 'changed' })
  return end
}

/** Syncs once, to the end. `idle` when nobody is signed in or somebody else is syncing. */
export async function syncNow(): Promise<Ended> {
  if (chosenPerson() === null) return ended('idle', 0)
  let end: Ended = ended('idle', 0)
  await withSyncLock(async () => {
    end = await wholeRun()
  })
  return end
}
