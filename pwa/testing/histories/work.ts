/** What people save on their phones, and what they were told is saved. */
import type { Adjust, Field, FormJson, Kind, LocalRecord, Patch, SaveOptions } from '../../src/store/types'
import type { App } from './bundle'
import type { Dice } from './dice'
import type { Handset } from './handset'
import type { History } from './history'

/** An edit somebody was told is on her phone. */
export interface Saved {
  id: string
  phone: string
  step: number
  /** A text that is once in the world. */
  mark: string
  patches: Patch[]
}

const HOUR = 3_600_000
const OUTCOMES = ['selesai', 'tidak_berubah', 'tidak_di_rumah', 'sebagian', 'kosong']
const EVENTS = ['lahir', 'hamil', 'datang', 'pindah']
const DAY = 7 * HOUR

const today = (phone: Handset): string => new Date(phone.now() + DAY).toISOString().slice(0, 10)

/** The questions of a kind that are always asked, found by their type: no test names a question. */
function asked(form: FormJson, kind: Kind, type: string): Field[] {
  const all = form.kinds[kind]!.sections.flatMap((section) => section.fields)
  return all.filter((field) => field.type === type && !field.show_if)
}

/** Free texts of a kind: what is seen at the door, or what the office decides where nothing else is asked. */
function texts(form: FormJson, kind: Kind): string[] {
  const all = asked(form, kind, 'text')
  const seen = all.filter((field) => field.merge === 'observed')
  return (seen.length > 0 ? seen : all).slice(0, 2).map((field) => field.id)
}

interface Desk {
  history: History
  phone: Handset
  dice: Dice
  app: App
  form: FormJson
  mark: string
  records: LocalRecord[]
}

/** Live records of these kinds on the screen, in an order the dice can count on: that of their making. */
function of(desk: Desk, ...kinds: Kind[]): LocalRecord[] {
  return desk.records.filter((record) => kinds.includes(record.kind) && ['active', 'moved', 'died'].includes(record.state))
}

function marked(desk: Desk, kind: Kind): Record<string, string> {
  return { [texts(desk.form, kind)[0]!]: desk.mark }
}

function patch(record: LocalRecord, set: Record<string, unknown>, adjust?: Record<string, Adjust>): Patch {
  return { kind: record.kind, id: record.id, base: record.version, set, ...(adjust && { adjust }) }
}

function someSet(desk: Desk, kind: Kind): Record<string, Adjust> | undefined {
  const field = asked(desk.form, kind, 'choices').find((one) => one.merge === 'set')
  if (!field) return undefined
  const values = field.choices!.slice(0, 4).map((choice) => choice.value)
  return { [field.id]: { add: [desk.dice.pick(values)], remove: desk.dice.chance(0.4) ? [desk.dice.pick(values)] : [] } }
}

async function door(desk: Desk): Promise<Patch[]> {
  const places = (await desk.app.scopes()).map((scope) => scope.dasawisma).sort()
  if (places.length === 0) return []
  const [household, family] = [desk.app.newId(), desk.app.newId()]
  const fresh = (kind: Kind, id: string, set: Record<string, unknown>): Patch => ({ kind, id, base: 0, set: { ...set, ...marked(desk, kind) } })
  return [
    fresh('household', household, { dasawisma: desk.dice.pick(places) }),
    fresh('family', family, { household }),
    fresh('member', desk.app.newId(), { household, family }),
  ]
}

async function change(desk: Desk): Promise<Patch[]> {
  const found = of(desk, 'household', 'family', 'member', 'event')
  if (found.length === 0) return []
  const record = desk.dice.pick(found)
  const more = texts(desk.form, record.kind)[1]
  // Two phones that say the same thing in other letters are not in conflict.
  const second = more && desk.dice.chance(0.3) ? { [more]: desk.dice.pick(['sama', 'SAMA', null]) } : {}
  const first = patch(record, { ...marked(desk, record.kind), ...second }, desk.dice.chance(0.35) ? someSet(desk, record.kind) : undefined)
  const other = desk.dice.pick(found)
  return other === record || desk.dice.chance(0.8) ? [first] : [first, patch(other, marked(desk, other.kind))]
}

async function visit(desk: Desk): Promise<Patch[]> {
  const doors = of(desk, 'household')
  if (doors.length === 0) return []
  const { id, dasawisma } = desk.dice.pick(doors)
  const seen = (await desk.app.scopes()).find((scope) => scope.dasawisma === dasawisma)?.seq ?? 0
  const set = { household: id, on: today(desk.phone), outcome: desk.dice.pick(OUTCOMES), seen, ...marked(desk, 'visit') }
  return [{ kind: 'visit', id: desk.app.newId(), base: 0, set }]
}

/** Something happened to somebody: the event and what it makes of the person, in one edit. */
async function event(desk: Desk): Promise<Patch[]> {
  const people = of(desk, 'member').filter((record) => typeof record.fields['household'] === 'string')
  if (people.length === 0) return []
  const who = desk.dice.pick(people)
  const type = desk.dice.chance(0.25) ? 'meninggal' : desk.dice.pick(EVENTS)
  const base = { household: who.fields['household'], member: who.id, on: today(desk.phone), type }
  const happened: Patch = { kind: 'event', id: desk.app.newId(), base: 0, set: { ...base, ...marked(desk, 'event') } }
  const state = { meninggal: 'died', pindah: 'moved' }[type]
  return state ? [happened, patch(who, { state, state_reason: desk.mark })] : [happened]
}

/** A door goes to another dasa wisma, somebody to another door, or a mistake is taken back. */
async function move(desk: Desk): Promise<Patch[]> {
  const [doors, people] = [of(desk, 'household'), of(desk, 'member', 'family', 'visit')]
  if (doors.length === 0) return []
  const house = desk.dice.pick(doors)
  if (people.length > 0 && desk.dice.chance(0.35)) {
    return [patch(desk.dice.pick(people), { state: desk.dice.pick(['deleted', 'moved', 'active']), state_reason: desk.mark })]
  }
  const person = of(desk, 'member')
  if (person.length > 0 && desk.dice.chance(0.4)) return [patch(desk.dice.pick(person), { household: house.id, ...marked(desk, 'member') })]
  return [patch(house, { dasawisma: desk.dice.pick(desk.history.places), ...marked(desk, 'household') })]
}

export const WORK = { door, change, visit, event, move }

async function deskOf(history: History, phone: Handset, app: App): Promise<Desk> {
  const records = [...(await app.everything()).values()].sort((left, right) => (left.id < right.id ? -1 : 1))
  return { history, phone, dice: phone.dice, app, form: await app.form(), mark: history.newMark(), records }
}

/** Saves what the work makes of the phone's screen. */
export async function save(history: History, phone: Handset, work: keyof typeof WORK): Promise<string> {
  const desk = await phone.use((app) => deskOf(history, phone, app))
  if (!desk) return 'the app ended'
  const patches = await phone.use(() => WORK[work](desk))
  if (!patches?.length) return 'nothing to do'
  return keep(history, phone, desk.mark, patches, { visitedOn: desk.dice.chance(0.9) ? today(phone) : null })
}

/** Opens a page of a record and leaves it: the base stays what it is now. */
export async function openPage(history: History, phone: Handset): Promise<void> {
  await phone.use(async (app) => {
    const desk = await deskOf(history, phone, app)
    const found = of(desk, 'household', 'member')
    if (found.length === 0) return
    const { id, kind, version } = desk.dice.pick(found)
    await app.putDraft(`${kind}/${id}`, { kind }, { [id]: version })
  })
}

/** Saves a page that was opened earlier, with the base it was opened with. */
export async function savePage(history: History, phone: Handset): Promise<string> {
  const found = await phone.use(async (app) => {
    const pages = (await app.drafts()).sort((left, right) => (left.key < right.key ? -1 : 1))
    return pages.length === 0 ? null : { page: phone.dice.pick(pages), form: await app.form() }
  })
  if (!found) return 'no page is open'
  const { page, form } = found
  const [kind, mark] = [(page.value as { kind: Kind }).kind, history.newMark()]
  const patches = Object.entries(page.base).map(([id, base]): Patch => ({ kind, id, base, set: { [texts(form, kind)[0]!]: mark } }))
  return keep(history, phone, mark, patches, { visitedOn: today(phone), dropDraft: page.key })
}

/** Saves, and writes down what she was told. */
async function keep(history: History, phone: Handset, mark: string, patches: Patch[], options: SaveOptions): Promise<string> {
  history.tried.push(mark)
  const { storage } = phone
  const tab = await phone.tab()
  try {
    await tab.run((app) => app.saveEdit(patches, options))
  } catch (error) {
    if (!storage.full) throw error
    history.network.count('quota')
    return `no room for ${mark}`
  }
  if (tab.endedAt !== null) return `the app ended at "${tab.endedAt}" while saving ${mark}`
  const full = storage.full
  storage.full = null
  const id = await phone.use((app) => idOf(app, mark))
  storage.full = full
  if (id === undefined) throw new Error(`${mark} was saved and is not on the phone`)
  history.saved.set(id, { id, phone: phone.name, step: history.at, mark, patches })
  storage.held.add(id)
  return `${mark}: ${patches.map((one) => `${one.kind} ${one.id.slice(-4)} base ${one.base}`).join(', ')}`
}

/** The id of the edit with this text. */
async function idOf(app: App, mark: string): Promise<string | undefined> {
  const edits = [...(await app.waitingEdits()), ...(await app.settledEdits(500))]
  return edits.find((edit) => JSON.stringify(edit.body).includes(`"${mark}"`))?.id
}
