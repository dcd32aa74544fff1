/** What must hold after quiet, of every phone and of the server's books; returns what does not. */
import type { LocalRecord } from '../../src/store/types'
import type { Judged } from '../kader'
import type { App } from './bundle'
import type { Handset } from './handset'
import type { History } from './history'
import type { Saved } from './work'

/** What a phone holds, read through its own store. */
interface Held {
  waiting: number
  offers: string[]
  scope: string[]
  records: LocalRecord[]
  rows: { id: string; dasawisma: string }[]
  staged: number
  repaired: string[]
}

/** A line of `GET /api/records/<id>/history`. */
interface Line {
  edit: string
  set: Record<string, unknown>
  adjust?: Record<string, unknown>
}

type Wrong = string[]

async function heldBy(app: App): Promise<Held> {
  const db = await app.personDatabase()
  const [rows, staged, offers] = await app.read(db, ['record', 'staged', 'meta'], (tx) =>
    Promise.all([app.ask(tx.objectStore('record').getAll()), app.ask(tx.objectStore('staged').count()), app.metaGet(tx, 'offers')]),
  )
  return {
    waiting: (await app.unsent()).count,
    offers: offers ?? [],
    scope: (await app.scopes()).map((scope) => scope.dasawisma).sort(),
    records: [...(await app.everything()).values()],
    rows: rows as Held['rows'],
    staged,
    repaired: (await app.logLines(300)).flatMap((line) => line.repaired),
  }
}

/** Answers in an order of their own: an object's keys come in the order they were written. */
function plain(value: unknown): string {
  const sorted = (_: string, item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1))) : item
  return JSON.stringify(value, sorted)
}

function compare(held: Held, judged: Judged, scope: string[]): Wrong {
  const wrong: Wrong = []
  const wanted = new Map(Object.entries(judged.records).filter(([, [, , place]]) => scope.includes(place)))
  const mine = new Map(held.records.map((record) => [record.id, record]))
  for (const id of wanted.keys()) if (!mine.has(id)) wrong.push(`misses ${id}`)
  for (const [id, record] of mine) {
    const [version, state, place] = wanted.get(id) ?? [0, 'not there', null]
    if (plain([record.version, record.state, record.dasawisma]) !== plain([version, state, place]))
      wrong.push(`has ${record.kind} ${id} at ${record.version} ${record.state} in ${record.dasawisma}, the server at ${version} ${state} in ${place}`)
    else if (plain(record.fields) !== plain(judged.fields[id])) wrong.push(`has ${plain(record.fields)} of ${id}, the server ${plain(judged.fields[id])}`)
    else if (record.pending) wrong.push(`shows ${id} as not sent`)
  }
  return wrong
}

async function ofPhone(history: History, phone: Handset, judged: Judged): Promise<Wrong> {
  const held = (await phone.use(heldBy))!
  const person = (await phone.use(async (app) => app.chosenPerson()))!
  const scope = (await history.tell<string[]>(`grants ${person}`)).sort()
  const wrong = compare(held, judged, scope)
  const end = history.ends.get(phone)
  if (end !== 'done') wrong.push(`ended its last sync with ${end}`)
  if (held.waiting > 0 || held.offers.length > 0) wrong.push(`still has ${held.waiting} edits and ${held.offers.length} outboxes to send`)
  if (plain(held.scope) !== plain(scope)) wrong.push(`knows the scope ${held.scope.join()}, it is ${scope.join()}`)
  if (held.staged > 0) wrong.push(`has ${held.staged} records of an unfinished copy`)
  const strange = held.rows.filter((row) => !scope.includes(row.dasawisma))
  if (strange.length > 0) wrong.push(`keeps ${strange.map((row) => `${row.id} of ${row.dasawisma}`).join()}`)
  if (held.repaired.length > 0 && !history.wasCopiedBack) wrong.push(`asked again for ${held.repaired.join()} though nothing explains it`)
  return wrong.map((text) => `phone ${phone.name} ${text}`)
}

/** Reads histories as the desa's office does, each once. */
class Office {
  private readonly read = new Map<string, Promise<Line[]>>()

  constructor(
    private readonly base: string,
    private readonly cookie: string,
  ) {}

  history(record: string): Promise<Line[]> {
    const found = this.read.get(record) ?? this.ask(record)
    this.read.set(record, found)
    return found
  }

  private async ask(record: string): Promise<Line[]> {
    const reply = await fetch(`${this.base}/api/records/${record}/history`, { headers: { Cookie: this.cookie } })
    if (reply.status !== 200) throw new Error(`the history of ${record} was answered ${reply.status}`)
    return (await reply.json()) as Line[]
  }
}

/** What was saved is there: each value in its record's history, or the whole edit among what waits for a person. */
async function isKept(saved: Saved, judged: Judged, office: Office): Promise<Wrong> {
  const edit = judged.edits[saved.id]
  const name = `${saved.mark} (edit ${saved.id}, phone ${saved.phone}, step ${saved.step})`
  if (!edit) return [`${name} was shown as saved and is nowhere`]
  if (edit.verdict === 'quarantined') return [`${name} is quarantined`]
  if (edit.verdict !== 'applied' && edit.verdict !== 'merged') return edit.text.includes(saved.mark) ? [] : [`${name} is ${edit.verdict} without its bytes`]
  const wrong: Wrong = []
  for (const patch of saved.patches) {
    const lines = (await office.history(patch.id)).filter((line) => line.edit === saved.id)
    if (lines.length !== 1) wrong.push(`${name} stands ${lines.length} times in the history of ${patch.kind} ${patch.id}`)
    for (const [field, value] of Object.entries(patch.set ?? {}))
      if (!lines.some((line) => plain(line.set[field]) === plain(value))) wrong.push(`${name}: ${field} = ${plain(value)} is in no history`)
    for (const field of Object.keys(patch.adjust ?? {})) if (!lines.some((line) => line.adjust?.[field])) wrong.push(`${name}: the change of ${field} is in no history`)
  }
  return wrong
}

/** No text came in under two names, and none is written twice into one record. */
function isOnce(history: History, judged: Judged): Wrong {
  const wrong: Wrong = []
  const edits = Object.entries(judged.edits)
  for (const mark of [...history.tried, ...[...history.opening.saved.values()].map((saved) => saved.mark)]) {
    const found = edits.filter(([, edit]) => edit.text.includes(`${mark}"`) || edit.text.includes(`${mark}'`))
    if (found.length > 1) wrong.push(`${mark} came in as ${found.map(([id]) => id).join(' and ')}`)
    for (const [id, edit] of found) if (new Set(edit.records).size < edit.records.length) wrong.push(`${mark} (edit ${id}) was applied twice`)
  }
  return wrong
}

/** Everything that was broken. */
export async function judge(history: History): Promise<Wrong> {
  const judged = await history.tell<Judged>('judged')
  const wrong = [...judged.wrong, ...isOnce(history, judged)]
  for (const phone of history.phones) wrong.push(...(await ofPhone(history, phone, judged)))
  const office = new Office(history.network.base, await history.tell<string>('session budi'))
  const due = new Set([...history.network.acknowledged, ...history.phones.flatMap((phone) => [...phone.storage.held])])
  for (const saved of history.saved.values()) if (due.has(saved.id)) wrong.push(...(await isKept(saved, judged, office)))
  return wrong
}
