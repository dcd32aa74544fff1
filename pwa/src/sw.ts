/**
 * The service worker: keeps the app's files, answers every navigation inside /app/ from them,
 * and runs the same sync as the page when the browser says there is a network.
 *
 * A new version waits until a page sends `{type: 'use-new'}`; it never takes over by itself.
 */
import { currentProfile } from './session/profile'
import { listen } from './store/events'
import { syncNow } from './sync/run'

declare const __PRECACHE__: string[]
declare const __BUILD__: string

interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface RequestEvent extends WaitingEvent {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
interface SyncEvent extends WaitingEvent {
  readonly tag: string
  readonly lastChance: boolean
}
interface Worker {
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  addEventListener(type: 'install' | 'activate', listener: (event: WaitingEvent) => void): void
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void
  addEventListener(type: 'sync', listener: (event: SyncEvent) => void): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

const worker = self as unknown as Worker
const CACHE = `dawis-${__BUILD__}`
const HOME = '/app/'

async function keepFiles(): Promise<void> {
  const cache = await caches.open(CACHE)
  await cache.addAll(__PRECACHE__.map((url) => new Request(url, { cache: 'reload' })))
}

async function dropOldFiles(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith('dawis-') && name !== CACHE).map((name) => caches.delete(name)))
  await worker.clients.claim()
}

async function fromCache(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  const key = request.mode === 'navigate' ? HOME : request
  return (await cache.match(key, { ignoreSearch: request.mode === 'navigate' })) ?? fetch(request)
}

async function syncInBackground(): Promise<void> {
  if (!(await currentProfile())) return
  const end = await syncNow()
  // A rejected promise makes the browser try again later.
  if (end.result === 'offline' || end.result === 'later') throw new Error(end.result)
}

worker.addEventListener('install', (event) => event.waitUntil(keepFiles()))
worker.addEventListener('activate', (event) => event.waitUntil(dropOldFiles()))
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== location.origin || !url.pathname.startsWith(HOME)) return
  event.respondWith(fromCache(event.request))
})
worker.addEventListener('sync', (event) => {
  if (event.tag === 'dawis-sync') event.waitUntil(syncInBackground())
})
worker.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | null)?.type === 'use-new') void worker.skipWaiting()
})
listen(() => undefined)
