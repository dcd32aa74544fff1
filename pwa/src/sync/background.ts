/**
 * When the page syncs: on start, when the network comes, when it becomes visible, two seconds after a save,
 * at the time the server or a failure named, and by button.
 * The loop itself is a file of its own, loaded after the first screen stands.
 */
import { seams } from '../clock'
import { listen } from '../store/events'
import { unsentCount } from '../store/live'
import { askBackgroundSync, lookForUpdate } from '../worker'
import type { Ended } from './run'

const AFTER_SAVE_MS = 2_000
const USUAL_MS = 15 * 60_000
const SOON_MS = 30_000

let timer: ReturnType<typeof setTimeout> | null = null
let due = Infinity
let failures = 0
let busy = false

function plan(ms: number): void {
  const at = seams.now() + ms
  if (timer !== null) {
    if (at >= due) return
    clearTimeout(timer)
  }
  due = at
  timer = setTimeout(() => void sync(), ms)
}

function pauseAfter(end: Ended): number {
  if (end.result === 'done') return Math.max(end.waitMs, USUAL_MS)
  return Math.max(end.waitMs, Math.min(SOON_MS * 2 ** failures, USUAL_MS))
}

async function run(): Promise<Ended> {
  try {
    const { syncNow } = await import('./run')
    return await syncNow()
  } catch {
    // The file itself could not be loaded: only without a worker, and without a network.
    return { result: 'offline', waitMs: SOON_MS }
  }
}

/** Syncs now, and plans the next time. */
export async function sync(): Promise<Ended> {
  if (timer !== null) clearTimeout(timer)
  timer = null
  due = Infinity
  if (busy) return { result: 'idle', waitMs: 0 }
  busy = true
  const end = await run().finally(() => (busy = false))
  failures = end.result === 'done' || end.result === 'idle' ? 0 : failures + 1
  if (end.result === 'offline') void askBackgroundSync()
  if (end.result === 'old') void lookForUpdate()
  plan(pauseAfter(end))
  return end
}

let started = false

/** Starts following the network, the visibility and the saves, and syncs; harmless to call again. */
export function startSyncing(): void {
  void sync()
  if (started) return
  started = true
  addEventListener('online', () => void sync())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') plan(500)
    // Put away with something unsent: the worker takes over where the browser lets it.
    else if (unsentCount.value > 0) void askBackgroundSync()
  })
  listen((news) => {
    if (news.what === 'saved') plan(AFTER_SAVE_MS)
  })
}
