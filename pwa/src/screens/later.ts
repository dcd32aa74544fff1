/** The screens that are not needed for the first one: a second file, loaded when one of them opens and kept by the worker. */
export { AddDoorScreen } from './add-door'
export { DoorScreen, HouseholdScreen } from './door'
export { FamilyScreen } from './family'
export { MemberScreen } from './member'
export { SyncLogScreen } from './sync-log'
export { VisitScreen } from './visit'
