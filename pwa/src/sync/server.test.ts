/** The phone's sync against the real server, over real HTTP. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { chosenPerson, personDatabase, write } from '../store/database'
import { emit } from '../store/events'
import { form as storedForm } from '../store/facts'
import { everything, newId, saveEdit, scopes, unsent } from '../store/index'
import { effective, inbox, logLines, notedEdits, settledEdits } from '../store/told'
import { Phone, RealServer } from '../../testing/server'
import { syncNow } from './run'

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const server = new RealServer()
const PLACE = '35.22.14.2011/D001'
const DAY = '2026-11-22'

beforeAll(() => server.start())
afterAll(() => server.stop())

/** The id of the first free-text question about a house: no test names a question. */
async function question(): Promise<string> {
  const { sections } = (await storedForm()).kinds.household!
  return sections.flatMap((section) => section.fields).find((field) => field.type === 'text' && field.merge === 'observed')!.id
}

async function newDoor(text: string): Promise<string> {
  const id = newId()
  const set = { dasawisma: PLACE, [await question()]: text }
  await saveEdit([{ kind: 'household', id, base: 0, set }], { visitedOn: DAY })
  return id
}

async function change(id: string, text: string): Promise<void> {
  const base = (await everything()).get(id)!.version
  await saveEdit([{ kind: 'household', id, base, set: { [await question()]: text } }], { visitedOn: DAY })
}

async function shown(id: string): Promise<unknown> {
  return (await everything()).get(id)?.fields[await question()]
}

async function synced(): Promise<void> {
  expect((await syncNow()).result).toBe('done')
  expect((await unsent()).count).toBe(0)
}

describe('one phone', () => {
  test('a door saved: arrives, comes back with a version, the copy agrees with the digest', async () => {
    const phone = await server.phone()
    const id = await newDoor('Jalan Mawar')
    expect((await everything()).get(id)).toMatchObject({ version: 0, pending: true })
    await synced()
    const record = (await everything()).get(id)!
    expect(record.version).toBeGreaterThan(0)
    expect(record.pending).toBe(false)
    expect(await shown(id)).toBe('Jalan Mawar')
    expect((await logLines(1))[0]).toMatchObject({ result: 'done', repaired: [] })
    expect((await scopes())[0]).toMatchObject({ dasawisma: PLACE })
    expect(phone.syncs).toBe(1)
  })

  test('an answer lost: repeated, once in the server, settled here', async () => {
    const phone = await server.phone()
    const id = await newDoor('Gang Kenanga')
    phone.losesAnswer = true
    expect((await syncNow()).result).toBe('offline')
    await synced()
    expect((await settledEdits(1))[0]!.verdict).toMatchObject({ verdict: 'repeated', was: { verdict: 'applied' } })
    expect(await shown(id)).toBe('Gang Kenanga')
  })

  test('several edits of one door without contact: no conflict with herself', async () => {
    await server.phone()
    const id = await newDoor('satu')
    await change(id, 'dua')
    await synced()
    await change(id, 'tiga')
    await change(id, 'empat')
    await synced()
    expect(await notedEdits()).toEqual([])
    expect(await shown(id)).toBe('empat')
  })

  test('a household of another desa: refused, to be repaired, and the next edit goes through', async () => {
    await server.phone()
    const id = newId()
    await saveEdit([{ kind: 'household', id, base: 0, set: { dasawisma: '35.22.14.2012/D001' } }], { visitedOn: DAY })
    const good = await newDoor('Jalan Melati')
    await synced()
    const noted = await notedEdits()
    expect(noted.map((edit) => effective(edit.verdict!).verdict)).toEqual([expect.stringMatching(/^(refused|proposed)$/)])
    expect((await everything()).get(good)!.version).toBeGreaterThan(0)
  })
})

describe('two phones', () => {
  test('both change one answer: one stands, both are told, both show the same', async () => {
    const first = await server.phone()
    const id = await newDoor('awal')
    await synced()
    const second = await server.phone()
    await synced()
    await change(id, 'kedua')
    await synced()
    await first.use()
    await change(id, 'pertama')
    await synced()
    const here = await shown(id)
    const losses = (await notedEdits()).flatMap((edit) => effective(edit.verdict!).lost ?? [])
    await second.use()
    await synced()
    expect(await shown(id)).toBe(here)
    const told = (await inbox()).filter((item) => item.type === 'conflict')
    expect(losses.length + told.length).toBeGreaterThan(0)
    await first.use()
    await synced()
    expect((await inbox()).some((item) => item.type === 'conflict')).toBe(true)
  })

  test('a cloned phone: forks by itself, both go on, nothing is lost', async () => {
    const phone = await server.phone()
    await newDoor('sebelum')
    await synced()
    const clone = new Phone(server)
    await phone.cloneInto(clone)
    const mine = await newDoor('asli')
    await synced()
    await clone.use()
    const hers = await newDoor('salinan')
    await synced()
    expect(await shown(hers)).toBe('salinan')
    expect(await shown(mine)).toBe('asli')
    await phone.use()
    await synced()
    expect(await shown(hers)).toBe('salinan')
    await newDoor('lagi')
    await synced()
  })
})

describe('scope', () => {
  test('revoked while an edit waits: it is sent first, then the copy leaves; the edit stays in the log', async () => {
    await server.phone()
    const id = await newDoor('sebelum dicabut')
    await synced()
    await change(id, 'sesudah dicabut')
    await server.tell(`revoke ${chosenPerson()}`)
    await synced()
    expect((await everything()).size).toBe(0)
    expect(await scopes()).toEqual([])
    const last = (await settledEdits(1))[0]!
    expect(last.body.patches[0]!.id).toBe(id)
    expect(['applied', 'proposed']).toContain(effective(last.verdict!).verdict)
  })

  test('a copy damaged on the phone: found by the digest, repaired, the outbox untouched', async () => {
    await server.phone()
    const id = await newDoor('utuh')
    await synced()
    const db = await personDatabase()
    await write(db, ['record'], async (tx) => void tx.objectStore('record').delete(id))
    emit({ what: 'changed' })
    expect(await shown(id)).toBeUndefined()
    await newDoor('lain')
    await synced()
    expect(await shown(id)).toBe('utuh')
    expect((await logLines(1))[0]!.repaired).toEqual([PLACE])
    expect(await notedEdits()).toEqual([])
  })
})

describe('a restored server', () => {
  test('what it lost: is offered again, bases lowered, copies equal', async () => {
    const phone = await server.phone()
    const id = await newDoor('lama')
    await synced()
    await server.tell('backup')
    await change(id, 'baru')
    const later = await newDoor('sesudah cadangan')
    await synced()
    await server.tell('restore')
    phone.syncs = 0
    await change(id, 'paling baru')
    await synced()
    expect(await shown(id)).toBe('paling baru')
    expect(await shown(later)).toBe('sesudah cadangan')
    expect((await everything()).get(later)!.version).toBeGreaterThan(0)
    expect((await logLines(1))[0]).toMatchObject({ repaired: [] })
    const other = await server.phone()
    await synced()
    expect(await shown(later)).toBe('sesudah cadangan')
    expect(other.syncs).toBe(1)
  })
})
