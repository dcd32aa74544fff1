/** What the screens may do with the store. Nothing outside `store/` and `sync/` opens IndexedDB. */
export { getDraft, putDraft, dropDraft, drafts } from './drafts'
export { form, lastContact, scopes, unsent } from './facts'
export { newId } from './ids'
export { allDoors, everything, recordsByDoor, recordsOfDoor } from './records'
export { saveEdit } from './save'
export { notesOf } from './told'
export type {
  Adjust,
  Choice,
  Draft,
  Field,
  FieldType,
  FormJson,
  Kind,
  LocalRecord,
  Note,
  Patch,
  SaveOptions,
  Scope,
  Section,
  SyncState,
} from './types'
