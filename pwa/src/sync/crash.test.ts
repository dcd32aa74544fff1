/**
 * The app ends at every mark it passes in saving, sending and acknowledging, none sampled: against the real server.
 * What she was told is saved is saved, nothing is there twice, nothing waits after three syncs, the copies are equal.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Judged, Kader, PLACE } from '../../testing/kader'
import { live } from '../../testing/life'
import { RealServer, type Way } from '../../testing/server'
import { seams } from '../clock'
import { personDatabase, write } from '../store/database'
import { dropDraft, putDraft } from '../store/drafts'
import { emit } from '../store/events'
import { metaPut } from '../store/rows'
import { everything, getDraft } from '../store/index'
import { syncNow } from './run'

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

const server = new RealServer()
const now = seams.now

// An app that ends says so on the console, hundreds of times.
vi.spyOn(console, 'warn').mockImplementation(() => undefined)

beforeAll(async () => {
  await server.start()
  await server.tell('backup clean')
})
afterAll(() => server.stop())
afterEach(() => {
  seams.now = now
})

interface Scenario {
  /** Brings the phone to where it may be interrupted. */
  before: (kader: Kader) => Promise<void>
  /** What is interrupted at each mark. */
  act: (kader: Kader) => Promise<void>
  /** After the app ended and was opened again, before it heals. */
  after?: (kader: Kader) => Promise<void>
  /** True where a repair by digest is part of it. */
  repairs?: boolean
}

const nothing = async (): Promise<void> => undefined

/** Lets a dasa wisma be about three pages of the pull. */
async function fewPages(): Promise<void> {
  const bytes = JSON.stringify([...(await everything()).values()]).length
  await server.tell(`page ${Math.ceil(bytes / 3)}`)
}

async function twoSaved(kader: Kader): Promise<void> {
  await kader.newDoor()
  await kader.change()
}

async function savedAndSent(kader: Kader): Promise<void> {
  await kader.change()
  await syncNow()
}

/** A storage copy from before the last edits is put back, as a backup app does. */
async function restoredPhone(kader: Kader): Promise<void> {
  await kader.synced()
  const spare = await kader.copy()
  await twoSaved(kader)
  await kader.synced()
  kader.phone.die()
  await spare.cloneInto(kader.phone)
  await kader.phone.use()
}

async function lostHistory(kader: Kader): Promise<void> {
  await kader.synced()
  await server.tell('backup')
  await twoSaved(kader)
  await kader.synced()
}

/** Two phones with one storage, a server that went back, and the other phone is there first. */
async function overtaken(kader: Kader, word: string): Promise<void> {
  await lostHistory(kader)
  const clone = await kader.copy()
  await server.tell(word)
  await clone.use()
  await savedAndSent(kader)
  await kader.phone.use()
}

/** Refuses every request of more than one readable edit, and each alone until it comes as raw bytes. */
const narrow: Way = async (send, request) => {
  const bytes = Buffer.from(request.body as Uint8Array)
  const packed = new Headers(request.headers).has('Content-Encoding')
  const { edits } = JSON.parse((packed ? gunzipSync(bytes) : bytes).toString()) as { edits: { raw?: string }[] }
  if (edits.length === 0 || (edits.length === 1 && edits[0]!.raw)) return send()
  return new Response('{"max_edits": 1}', { status: 413, headers: { 'Content-Type': 'application/json' } })
}

const scenarios: Record<string, Scenario> = {
  'saving, sending, acknowledging': {
    before: async () => putDraft('rumah', { isi: 1 }, {}),
    act: async (kader) => {
      await putDraft('rumah', { isi: 2 }, {})
      await kader.newDoor()
      await kader.change('rumah')
      await putDraft('lain', 1, {})
      await dropDraft('lain')
      await syncNow()
    },
    after: async (kader) => expect((await getDraft('rumah')) !== null || kader.tried.size > 0).toBe(true),
  },
  'an answer lost': {
    before: nothing,
    act: async (kader) => {
      await kader.change()
      kader.phone.losesAnswer = true
      await syncNow()
      await syncNow()
    },
  },
  'a newer form': {
    before: async () => {
      seams.now = () => now() + 7 * 3600_000
    },
    act: savedAndSent,
    after: async () => {
      seams.now = now
    },
  },
  'a pull of many pages': {
    before: async (kader) => {
      await fewPages()
      const other = await kader.copy()
      await other.use()
      await kader.newDoor()
      await syncNow()
      await kader.phone.use()
      const db = await personDatabase()
      await write(db, ['meta'], async (tx) => metaPut(tx, 'cursor', null))
    },
    act: savedAndSent,
    after: () => server.tell('page 524288'),
  },
  'a copy damaged': {
    repairs: true,
    before: async () => {
      const id = [...(await everything()).keys()][0]!
      const db = await personDatabase()
      await write(db, ['record'], async (tx) => void tx.objectStore('record').delete(id))
      emit({ what: 'changed' })
      await fewPages()
    },
    act: async (kader) => {
      await kader.newDoor()
      await syncNow()
    },
    after: () => server.tell('page 524288'),
  },
  'the storage put back, an edit waits': { before: restoredPhone, act: savedAndSent },
  'the storage put back, nothing waits': { before: restoredPhone, act: async () => void (await syncNow()) },
  'the server restored': {
    before: async (kader) => {
      await lostHistory(kader)
      await server.tell('restore')
    },
    act: savedAndSent,
  },
  'the server restored, a clone was there first': { before: (kader) => overtaken(kader, 'restore'), act: savedAndSent },
  'the server copied back, a clone was there first': { before: (kader) => overtaken(kader, 'copy_back'), act: savedAndSent },
  'requests too large': {
    before: async (kader) => {
      await twoSaved(kader)
      kader.phone.way = narrow
    },
    act: savedAndSent,
    after: async (kader) => {
      kader.phone.way = null
    },
  },
  'the session ended': {
    before: async (kader) => kader.phone.signOut(),
    act: savedAndSent,
  },
  'an app too old': {
    before: () => server.tell('oldest 9'),
    act: savedAndSent,
    after: () => server.tell('oldest 0'),
  },
  'the scope revoked': {
    before: async (kader) => {
      await server.tell(`grant ${kader.person} ${PLACE}`)
      await kader.newDoor()
      await kader.synced()
      await server.tell(`revoke ${kader.person}`)
    },
    act: savedAndSent,
  },
}

const reached = new Set<string>()
let crashes = 0

/** Every mark in `src/`, by name; a mark stands on a line of its own, or the build could not take it out. */
function written(): string[] {
  const folder = new URL('..', import.meta.url).pathname
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!test)\.tsx?$/.test(name) && name !== 'mark.ts')
  const text = files.map((name) => readFileSync(`${folder}/${name}`, 'utf8')).join('\n')
  const names = [...text.matchAll(/^ *mark\('([^']*)'\)$/gm)].map((found) => found[1]!)
  expect(text.match(/\bmark\(/g)).toHaveLength(names.length)
  return names
}

async function heal(kader: Kader, scenario: Scenario): Promise<void> {
  await kader.phone.use()
  await scenario.after?.(kader)
  const lines = await kader.healed()
  if (!scenario.repairs) expect(lines.flatMap((line) => line.repaired)).toEqual([])
  const judged = await server.tell<Judged>('judged')
  await kader.keptBy(judged)
  await kader.equals(judged)
}

/** Lets the app end at its first mark, then at its second … until it runs to the end. */
async function everywhere(scenario: Scenario): Promise<void> {
  for (let stop = 1, isThrough = false; !isThrough; stop++) {
    await server.tell('copy_back clean')
    const kader = await Kader.begin(server)
    await scenario.before(kader)
    const life = await live(kader.phone, (_, count) => count === stop, () => scenario.act(kader))
    for (const name of life.passed) reached.add(name)
    isThrough = life.endedAt === null
    crashes += isThrough ? 0 : 1
    try {
      await heal(kader, scenario)
    } catch (error) {
      throw new Error(`ended at ${stop}: ${life.passed.join(' > ')}`, { cause: error })
    }
  }
}

test.each(Object.entries(scenarios))('%s: the app ends at every mark, nothing is lost or doubled', (_, scenario) => everywhere(scenario))

test('every mark in the source was reached, and each is there once', () => {
  const names = written()
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  expect([...reached].sort()).toEqual([...names].sort())
  console.info(`${names.length} marks, the app ended ${crashes} times`)
})
