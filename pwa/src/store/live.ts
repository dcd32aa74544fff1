/**
 * Signals for the screens: what the store and the sync are doing right now.
 * Updated by this page, other tabs and the service worker alike.
 */
import { signal } from '@preact/signals'
import { chosenPerson } from './database'
import { listen } from './events'
import { lastContact, unsent } from './facts'
import type { SyncState } from './types'

/** Goes up at every change of the store; read it inside an effect to load again. */
export const changed = signal(0)
export const syncState = signal<SyncState>('idle')
/** Word key that explains the state, for example `sync.reason.offline`. */
export const syncReason = signal('')
/** Edits only on this phone. */
export const unsentCount = signal(0)
/** ISO instant of the oldest of them, or null. */
export const oldestUnsentAt = signal<string | null>(null)
/** ISO instant of the last answer of the server, or null. */
export const lastServerContactAt = signal<string | null>(null)
/** True while a form with something typed is on screen: no update is offered then. Form screens set it. */
export const formOpen = signal(false)
/** True when a new version of the app waits. */
export const updateReady = signal(false)

/** Reads the counts from the database again. */
export async function refreshCounts(): Promise<void> {
  if (chosenPerson() === null) return
  const [waiting, contact] = await Promise.all([unsent(), lastContact()])
  unsentCount.value = waiting.count
  oldestUnsentAt.value = waiting.oldestAt
  lastServerContactAt.value = contact
}

/** Starts following the news; called once by the page. */
export function followNews(): void {
  listen((news) => {
    if (news.what === 'changed') {
      changed.value += 1
      void refreshCounts()
    } else if (news.what === 'sync') {
      syncState.value = news.state
      syncReason.value = news.reason
    } else if (news.what === 'update') updateReady.value = true
  })
}
