/** A kader at work on a phone in tests: saves answers that are each once in the world, and remembers what she was told is saved. */
import { expect } from 'vitest'
import { copiesOf } from '../src/store/answer'
import { chosenPerson, personDatabase, read, ask } from '../src/store/database'
import { form as storedForm } from '../src/store/facts'
import { everything, newId, saveEdit, scopes, unsent } from '../src/store/index'
import { type LogLine, logLines } from '../src/store/told'
import { syncNow } from '../src/sync/run'
import { Phone, type RealServer } from './server'

export const PLACE = '35.22.14.2011/D001'
const MOST_SYNCS = 3

/** What `words.py` says of the server's books. */
export interface Judged {
  wrong: string[]
  edits: Record<string, { verdict: string; records: string[]; text: string }>
  records: Record<string, [version: number, state: string, dasawisma: string]>
  fields: Record<string, Record<string, unknown>>
}

let count = 0

export class Kader {
  person = ''
  /** Texts that she was told are saved, and those she tried to save at all. */
  readonly shown = new Set<string>()
  readonly tried = new Set<string>()
  private door = ''

  constructor(
    readonly server: RealServer,
    readonly phone: Phone,
  ) {}

  /** A kader with a new phone and a door; always the same person, so the server must have forgotten her before. */
  static async begin(server: RealServer): Promise<Kader> {
    const kader = new Kader(server, await server.phone(true))
    kader.person = chosenPerson()!
    await kader.newDoor()
    await kader.synced()
    return kader
  }

  /** The id of the first free-text question about a house: no test names a question. */
  async question(): Promise<string> {
    const { sections } = (await storedForm()).kinds.household!
    return sections.flatMap((section) => section.fields).find((field) => field.type === 'text' && field.merge === 'observed')!.id
  }

  private async save(id: string, base: number, set: Record<string, unknown>, dropDraft?: string): Promise<void> {
    const text = `isi ${++count}.`
    this.tried.add(text)
    await saveEdit([{ kind: 'household', id, base, set: { ...set, [await this.question()]: text } }], { visitedOn: '2026-11-22', dropDraft })
    this.shown.add(text)
  }

  async newDoor(): Promise<void> {
    this.door = newId()
    await this.save(this.door, 0, { dasawisma: PLACE })
  }

  /** Changes her door as a page does that is opened now. */
  async change(dropDraft?: string): Promise<void> {
    await this.save(this.door, (await everything()).get(this.door)?.version ?? 0, {}, dropDraft)
  }

  /** A spare phone with a copy of this one's storage. */
  async copy(): Promise<Phone> {
    const spare = new Phone(this.server)
    await this.phone.cloneInto(spare)
    return spare
  }

  async synced(): Promise<void> {
    expect((await syncNow()).result).toBe('done')
  }

  /** Syncs until nothing waits: three times at most. Returns the lines of the sync log. */
  async healed(): Promise<LogLine[]> {
    const ends: string[] = []
    while (ends.at(-1) !== 'done' && ends.length < MOST_SYNCS) ends.push((await syncNow()).result)
    expect(ends.at(-1), ends.join()).toBe('done')
    expect((await unsent()).count).toBe(0)
    return logLines(ends.length)
  }

  /** What was shown as saved is on the server once, what was not shown at most once. */
  async keptBy(judged: Judged): Promise<void> {
    expect(judged.wrong).toEqual([])
    const edits = Object.values(judged.edits)
    for (const text of this.tried) {
      const found = edits.filter((edit) => edit.text.includes(text))
      expect(found.length, text).toBeLessThanOrEqual(1)
      if (this.shown.has(text)) expect(found.length, `${text} was shown as saved`).toBe(1)
      for (const edit of found) expect(new Set(edit.records).size, `${text} was logged twice`).toBe(edit.records.length)
    }
  }

  /** The phone's copy is the server's, and nothing of another scope is left. */
  async equals(judged: Judged): Promise<void> {
    const codes = (await scopes()).map((item) => item.dasawisma)
    const copies = [...(await copiesOf(codes)).values()].flat().map(({ id, version }) => [id, version] as const)
    const wanted = Object.entries(judged.records).filter(([, [, , place]]) => codes.includes(place))
    expect(Object.fromEntries(copies)).toEqual(Object.fromEntries(wanted.map(([id, [version]]) => [id, version])))
    const db = await personDatabase()
    const [rows, staged] = await read(db, ['record', 'staged'], (tx) =>
      Promise.all(['record', 'staged'].map((name) => ask(tx.objectStore(name).getAll() as IDBRequest<{ dasawisma: string }[]>))),
    )
    expect(staged).toEqual([])
    expect(rows!.filter((row) => !codes.includes(row.dasawisma))).toEqual([])
    for (const [id, fields] of Object.entries(judged.fields)) {
      const mine = (await everything()).get(id)
      if (mine) expect(mine.fields).toEqual(fields)
    }
  }
}
