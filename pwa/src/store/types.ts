/**
 * The shapes that cross the border between the store and the screens.
 *
 * What this file decides: how a record, a patch, a draft and the form look to
 * everything above `store/`. The functions themselves are exported by
 * `store/index.ts`; the signals by `store/live.ts`.
 *
 *   import { allDoors, recordsOfDoor, saveEdit, newId } from '../store/index'
 *   import { changed, syncState, formOpen } from '../store/live'
 *   import { go, back } from '../router'
 *
 * Screens (hash routes, see `router.ts`):
 *   #/                       home              HomeScreen()
 *   #/rumah                  list              ListScreen()
 *   #/rumah-baru             add-door          AddDoorScreen()
 *   #/rumah/ID               door              DoorScreen({household})
 *   #/rumah/ID/kunjungan     visit             VisitScreen({household})
 *   #/rumah/ID/isian/BAGIAN  household form    HouseholdScreen({household, section})   (in door.tsx)
 *   #/rumah/ID/kk/ID         family            FamilyScreen({household, family})       ('baru' = a new one)
 *   #/rumah/ID/warga/ID      member            MemberScreen({household, member})       ('baru' = a new one)
 *   #/kirim                  sync-log          SyncLogScreen()
 */

export type Kind = 'household' | 'family' | 'member' | 'event' | 'visit'

/** A record as the screens see it: the server's snapshot with everything not yet confirmed laid over it. */
export interface LocalRecord {
  kind: Kind
  id: string
  /** Version in the stored snapshot; 0 while the snapshot lacks the record. Use it as `Patch.base`, read when the page opens. */
  version: number
  /** Code of the dasa wisma, or null where it is not known. */
  dasawisma: string | null
  /** active, moved, died, merged or deleted. */
  state: string
  /** YYYY-MM-DD, only on households. */
  confirmed_on: string | null
  /** Answers and structural keys together (`household`, `family`, `type`, `on`, `outcome`, `seen` ...). */
  fields: Record<string, unknown>
  /** True while some edit of this record has not been confirmed by the server. */
  pending: boolean
}

/** Added and removed members of a list answer; rows are objects with a key `row`, removed by that id. */
export interface Adjust {
  add: unknown[]
  remove: unknown[]
}

/** The part of one save that touches one record. `set` holds only what changed; null clears. */
export interface Patch {
  kind: Kind
  id: string
  /** `LocalRecord.version` when the page was opened. */
  base: number
  set?: Record<string, unknown>
  adjust?: Record<string, Adjust>
}

export interface SaveOptions {
  /** YYYY-MM-DD of the visit these answers come from; null where there was none. */
  visitedOn: string | null
  /** Ids of conflicts that this save settles. */
  settles?: string[]
  /** Key of the draft removed in the same transaction. */
  dropDraft?: string
}

/** Unfinished work on a page. `base` is the version of each record when the page was opened. */
export interface Draft<T = unknown> {
  key: string
  value: T
  base: Record<string, number>
  /** ISO instant of the last autosave. */
  savedAt: string
}

export interface Scope {
  dasawisma: string
  name: string
  /** Desa sequence of the stored snapshot; a visit carries it as `seen`. */
  seq: number
  count: number
}

export type FieldType =
  | 'text'
  | 'integer'
  | 'number'
  | 'date'
  | 'choice'
  | 'choices'
  | 'boolean'
  | 'nik'
  | 'kk'
  | 'phone'
  | 'position'
  | 'rows'

export interface Choice {
  value: string
  label: string
  [more: string]: unknown
}

export interface Field {
  id: string
  type: FieldType
  label: string
  help?: string | null
  choices?: Choice[] | null
  merge?: string
  sensitivity?: string
  required?: boolean
  valid_days?: number | null
  show_if?: unknown
  checks?: unknown
  [more: string]: unknown
}

export interface Section {
  id: string
  title: string
  fields: Field[]
  [more: string]: unknown
}

/** `GET /api/form`, kept on the phone. */
export interface FormJson {
  version: string
  kinds: Partial<Record<Kind, { sections: Section[]; [more: string]: unknown }>>
  [more: string]: unknown
}

/** What an earlier save of this record came to, where it was anything but plainly applied. */
export interface Note {
  edit: string
  at: string
  verdict: string
  field: string | null
  kept: unknown
  lost: unknown
  conflict: string | null
}

export type SyncState = 'offline' | 'syncing' | 'idle' | 'failed'
