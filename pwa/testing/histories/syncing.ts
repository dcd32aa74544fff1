/** Syncing a phone of a history, also so slowly that other things happen meanwhile. */
import type { Handset } from './handset'
import type { History } from './history'

function ended(history: History, phone: Handset, result: string | undefined): string {
  history.syncs += 1
  if (result === undefined) return 'the app ended'
  // Somebody else was at it: that says nothing of this phone.
  if (result === 'idle') return result
  history.ends.set(phone, result)
  if (result === 'done') history.synced.set(phone, history.network.changes)
  return result
}

/** Syncs as far as it gets. */
export async function sync(history: History, phone: Handset): Promise<string> {
  const tab = await phone.tab()
  const end = await tab.run((app) => app.syncNow())
  return ended(history, phone, end?.result) + (tab.endedAt === null ? '' : ` at "${tab.endedAt}"`)
}

/** Two tabs sync at once. */
export async function syncBoth(history: History, phone: Handset): Promise<string> {
  const tabs = [await phone.tab(), phone.tabs[1] ?? (await phone.openTab())]
  const ends = await Promise.all(tabs.map((tab) => tab.run((app) => app.syncNow())))
  return ends.map((end) => ended(history, phone, end?.result)).join(' and ')
}

/** Begins a sync whose first request, or its answer, is held on the way until `land`. */
export async function takeOff(history: History, phone: Handset): Promise<string> {
  if (phone.flight) return land(history, phone)
  const what = phone.dice.pick(['request', 'answer'] as const)
  phone.holds = what
  const held = new Promise<() => void>((resolve) => (phone.held = resolve))
  const done = phone.use((app) => app.syncNow()).then((end) => ended(history, phone, end?.result))
  const release = await Promise.race([held, done])
  phone.holds = null
  if (typeof release === 'string') return release
  history.network.count('slow')
  phone.flight = { done, release }
  return `${what} held on the way`
}

/** Lets a held sync go on to its end. */
export async function land(history: History, phone: Handset): Promise<string> {
  const { flight } = phone
  if (!flight) return 'nothing is on the way'
  phone.flight = null
  flight.release()
  const end = await flight.done
  await history.network.quiet()
  return String(end)
}
