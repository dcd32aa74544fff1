/**
 * The doors as the home and the list show them: one line each, worked out once per change of the store.
 * A door is named by its label, its head, or whoever lives there; its place is RT and house number.
 */
import { signal } from '@preact/signals'
import { today } from '../clock'
import { type DoorStatus, doorStatus } from '../form/complete'
import { Door } from '../form/context'
import { FormView } from '../form/form-view'
import { doorName } from '../form/people'
import { drafts, form as storedForm, recordsByDoor, scopes } from '../store/index'
import { changed } from '../store/live'
import type { LocalRecord } from '../store/types'

export interface DoorLine {
  id: string
  name: string
  /** RT and house number or address, for the second line. */
  place: string
  /** Lower-case text the search looks into: names of all who live there, and the place. */
  haystack: string
  order: string
  dasawisma: string
  countPeople: number
  status: DoorStatus
  /** How it stands, in the one word the filters use. */
  state: 'belum' | 'kurang' | 'lama' | 'selesai'
  isUnsent: boolean
  hasDraft: boolean
}

export interface Doors {
  lines: DoorLine[]
  complete: number
  fresh: number
  places: string[]
}

/** Null until the store was read once. */
export const doors = signal<Doors | null>(null)

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '')

function people(records: LocalRecord[], view: FormView): LocalRecord[] {
  const isHead = (record: LocalRecord): boolean => view.means('member', 'kinship', 'head', record.fields[view.role('member', 'kinship')])
  const members = records.filter((record) => record.kind === 'member' && record.state === 'active')
  return [...members.filter(isHead), ...members.filter((record) => !isHead(record))]
}

function numbers(value: string): string {
  return value.replace(/\d+/g, (digits) => digits.padStart(6, '0')).toLowerCase()
}

function placeOf(records: LocalRecord[], view: FormView): { place: string; order: string } {
  const house = records.find((record) => record.kind === 'household')?.fields ?? {}
  const family = records.find((record) => record.kind === 'family')?.fields ?? {}
  const rt = text(family[view.role('family', 'rt')]).replace(/^0+(?=\d)/, '')
  const number = text(house[view.role('household', 'house_number')])
  const address = text(house[view.role('household', 'address')])
  const place = [rt && rt !== '-' ? `RT ${rt.padStart(2, '0')}` : '', number ? `No. ${number}` : '', address].filter((part) => part !== '')
  const walked = text(house[view.role('household', 'order')])
  return { place: place.slice(0, 2).join(' · '), order: numbers([rt, walked || '~', number, address].join('|')) }
}

function stateOf(status: DoorStatus): DoorLine['state'] {
  if (status.fresh) return 'selesai'
  if (status.complete) return 'lama'
  return status.outcome === 'belum' && !status.known ? 'belum' : 'kurang'
}

/** One door as a line. */
export function doorLine(id: string, records: LocalRecord[], view: FormView, day: string, hasDraft: boolean): DoorLine {
  const status = doorStatus(records, view, day)
  const { place, order } = placeOf(records, view)
  const name = doorName(new Door(records, view, day))
  const names = people(records, view).map((record) => text(record.fields[view.role('member', 'name')]))
  return {
    id,
    name,
    place,
    haystack: [name, ...names, place].join(' ').toLowerCase(),
    order,
    dasawisma: records[0]?.dasawisma ?? '',
    countPeople: status.countPeople,
    status,
    state: stateOf(status),
    isUnsent: records.some((record) => record.pending),
    hasDraft,
  }
}

async function load(): Promise<Doors> {
  const [form, byDoor, kept, scope] = await Promise.all([storedForm(), recordsByDoor(), drafts(), scopes()])
  const view = new FormView(form)
  const begun = new Set(kept.map((draft) => draft.key))
  const day = today()
  const lines = [...byDoor.entries()]
    .filter(([id, records]) => id !== '' && records[0]?.kind === 'household')
    .map(([id, records]) => doorLine(id, records, view, day, begun.has(id)))
    .sort((a, b) => (a.dasawisma + a.order + a.name < b.dasawisma + b.order + b.name ? -1 : 1))
  const count = (test: (line: DoorLine) => boolean): number => lines.filter(test).length
  return { lines, complete: count((line) => line.status.complete), fresh: count((line) => line.status.fresh), places: scope.map((item) => item.name) }
}

let running = false
let wanted = false

/** Reads the doors again; several calls at once become two. */
export async function refreshDoors(): Promise<void> {
  wanted = true
  if (running) return
  running = true
  try {
    while (wanted) {
      wanted = false
      doors.value = await load()
    }
  } catch {
    // No form yet: the first sync brings it.
  } finally {
    running = false
  }
}

let following = false

/** Keeps `doors` up to date from now on; cheap to call again. */
export function followDoors(): void {
  if (following) return void refreshDoors()
  following = true
  changed.subscribe(() => void refreshDoors())
}
