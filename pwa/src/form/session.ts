/**
 * The open door: its records, the visit begun there, and the autosave of every answer.
 *
 * All screens of one door share one session, so that leaving a page loses nothing. Answers go to memory at once and to the disk 300 ms
 * later, on leaving a field, and when the page is hidden. Bases are the versions met when the visit began.
 */
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals'
import { nowText, today } from '../clock'
import { profile } from '../session/live'
import { changed, formOpen } from '../store/live'
import { dropDraft, form as storedForm, getDraft, newId, putDraft, recordsOfDoor, saveEdit, scopes } from '../store/index'
import type { FormJson, Kind, LocalRecord, Patch } from '../store/types'
import { doorStatus, type DoorStatus } from './complete'
import { Door } from './context'
import { FormView } from './form-view'
import { nikFlags } from './nik'
import { answered, born, emptyDraft, patches, unborn, withDraft, type VisitDraft } from './visit-draft'

const DEBOUNCE_MS = 300

export class DoorSession {
  readonly stored = signal<LocalRecord[]>([])
  readonly draft = signal<VisitDraft | null>(null)
  /** ISO instant of the last autosave; null while something is only in memory or nothing was begun. */
  readonly savedAt = signal<string | null>(null)
  /** True when the phone refused to write; the answers are still on the screen. */
  readonly unsaved = signal(false)
  /** The records with the unfinished visit laid over them. */
  readonly records: ReadonlySignal<LocalRecord[]> = computed(() => withDraft(this.stored.value, this.draft.value))
  /** The same records sorted out, as of today. */
  readonly door: ReadonlySignal<Door> = computed(() => new Door(this.records.value, this.view, today(), nikFlags))
  /** How the door stands with the unfinished visit counted in, and without it. */
  readonly status: ReadonlySignal<DoorStatus> = computed(() => doorStatus(this.records.value, this.view, today()))
  readonly storedStatus: ReadonlySignal<DoorStatus> = computed(() => doorStatus(this.stored.value, this.view, today()))
  readonly view: FormView
  readonly household: string
  private base: Record<string, number> = {}
  private timer: ReturnType<typeof setTimeout> | null = null
  private seq = 0

  constructor(household: string, form: FormJson) {
    this.household = household
    this.view = new FormView(form)
  }

  /** Reads the door again from the store; the unfinished visit stays as it is. */
  async refresh(): Promise<void> {
    const records = await recordsOfDoor(this.household)
    const place = records.find((record) => record.kind === 'household')?.dasawisma
    const list = await scopes()
    this.seq = list.find((scope) => scope.dasawisma === place)?.seq ?? 0
    this.stored.value = records
  }

  /** Takes up an unfinished visit left on this phone. */
  async resume(): Promise<void> {
    const kept = await getDraft<VisitDraft>(this.household)
    if (!kept) return
    batch(() => {
      this.draft.value = kept.value
      this.savedAt.value = kept.savedAt
    })
    this.base = kept.base
  }

  /** Begins a visit, or goes on with the one begun. With `isVisit` false: a correction that needs no visit. */
  begin(isVisit = true): VisitDraft {
    const old = this.draft.value
    if (old) return old.isVisit || !isVisit ? old : (this.draft.value = { ...old, isVisit, on: today() })
    this.base = Object.fromEntries(this.stored.value.map((record) => [record.id, record.version]))
    const walksAll = this.storedStatus.value.missing.length === 0
    const fresh = emptyDraft(this.household, today(), this.seq, isVisit, walksAll)
    this.draft.value = fresh
    return fresh
  }

  /** One answer of one record; saved at once with `now`, otherwise a moment later. */
  answer(record: LocalRecord, field: string, value: unknown, now = true): void {
    const draft = this.draft.value ?? this.begin()
    this.base[record.id] ??= record.version
    const original = this.stored.value.find((other) => other.id === record.id) ?? { ...record, fields: {} }
    const keep = this.view.hasLifetime(record.kind, field)
    this.change(answered(draft, original, field, value, keep), now)
  }

  /** A new record of this door; gives its id. */
  add(kind: Kind, fields: Record<string, unknown>): string {
    const id = newId()
    this.change(
      born(this.draft.value ?? this.begin(), kind, id, kind === 'household' ? fields : { household: this.household, ...fields }),
      true,
    )
    return id
  }

  /** Takes back a record made in this visit. */
  takeBack(id: string): void {
    if (this.draft.value) this.change(unborn(this.draft.value, id), true)
  }

  private change(draft: VisitDraft, now: boolean): void {
    this.draft.value = draft
    this.savedAt.value = null
    formOpen.value = true
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    if (now) void this.flush()
    else this.timer = setTimeout(() => void this.flush(), DEBOUNCE_MS)
  }

  /** Writes the draft to the disk. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    const draft = this.draft.value
    if (!draft || this.savedAt.value !== null) return
    try {
      await putDraft(this.household, draft, this.base)
      if (this.draft.value === draft) this.savedAt.value = nowText()
      this.unsaved.value = false
    } catch {
      this.unsaved.value = true
    }
  }

  /** Ends the visit: one edit with everything answered, and the visit itself with its outcome and what was noted about it. */
  async finish(outcome: string, about: Record<string, unknown> = {}): Promise<void> {
    const draft = this.begin()
    const visit: Patch = {
      kind: 'visit',
      id: newId(),
      base: 0,
      set: { household: this.household, on: draft.on, outcome, seen: draft.seen, ...about },
    }
    await this.save([...patches(draft, this.base), visit], draft.on)
  }

  /** Saves what was changed without a visit: a correction or a life event heard elsewhere. */
  async keep(): Promise<void> {
    const draft = this.draft.value
    if (draft) await this.save(patches(draft, this.base), null)
  }

  private async save(all: Patch[], visitedOn: string | null): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    await saveEdit(all, { visitedOn, dropDraft: this.household })
    this.clear()
    await this.refresh()
  }

  /** Forgets a visit in which nothing was answered yet, so that only opening a page leaves no trace. */
  dropIfEmpty(): void {
    if (this.draft.value && Object.keys(this.draft.value.touched).length === 0) this.clear()
  }

  /** Throws the unfinished visit away. */
  async discard(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    await dropDraft(this.household)
    this.clear()
  }

  /** Nothing more is written; what was answered is on the disk already. */
  stop(): void {
    if (this.timer) clearTimeout(this.timer)
    this.clear()
  }

  private clear(): void {
    batch(() => {
      this.draft.value = null
      this.savedAt.value = null
      this.unsaved.value = false
      formOpen.value = false
    })
    this.base = {}
  }
}

let current: DoorSession | null = null
let opening: Promise<DoorSession> | null = null
let openingDoor = ''

/** The session of a door, shared by all its screens; opening another door writes the first one's draft. */
export function openDoor(household: string): Promise<DoorSession> {
  if (opening && openingDoor === household) return opening
  openingDoor = household
  opening = open(household).finally(() => (opening = null))
  return opening
}

async function open(household: string): Promise<DoorSession> {
  const form = await storedForm()
  const old = current
  if (old?.household === household && old.view.version === form.version) {
    await old.refresh()
    return old
  }
  await old?.flush()
  const session = new DoorSession(household, form)
  await session.refresh()
  await session.resume()
  current = session
  return session
}

/** Another person took the phone: her store is another one, and nothing of the first one's may reach it. */
function forget(): void {
  current?.stop()
  current = null
}

const flushNow = (): void => void current?.flush()
if (typeof document !== 'undefined') {
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && flushNow())
  addEventListener('pagehide', flushNow)
  changed.subscribe(() => void current?.refresh())
  let person = profile.value?.person
  profile.subscribe((now) => {
    if (now?.person !== person) forget()
    person = now?.person
  })
}
