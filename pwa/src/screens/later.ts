/** The screens that are not needed for the first one: a second file, loaded when one of them opens and kept by the worker. */
export { SyncLogScreen } from './sync-log'
