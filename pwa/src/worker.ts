/**
 * The page's side of the service worker: registration, Background Sync, and updates.
 *
 * A waiting new version is offered ("Versi baru, muat ulang") only when no form is open; at the next cold start it is used anyway.
 */
import { emit } from './store/events'
import { formOpen } from './store/live'

interface TrustedPolicy {
  createScriptURL(url: string): string
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): TrustedPolicy
}
interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> }
}

const SCRIPT = '/app/sw.js'

function trustedScript(): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
  if (!factory) return SCRIPT
  const policy = factory.createPolicy('dawis-worker', {
    createScriptURL: (url) => {
      if (url !== SCRIPT) throw new TypeError('script')
      return url
    },
  })
  return policy.createScriptURL(SCRIPT)
}

let registration: SyncRegistration | null = null

/** False over plain http: no worker, so the app opens only with a network. */
export function canWorkOffline(): boolean {
  return globalThis.isSecureContext && 'serviceWorker' in navigator
}

function watchUpdate(found: ServiceWorkerRegistration): void {
  const tell = (): void => {
    if (found.waiting && navigator.serviceWorker.controller) emit({ what: 'update' })
  }
  tell()
  found.addEventListener('updatefound', () => found.installing?.addEventListener('statechange', tell))
}

/** Another tab began to use the new version: this one follows, unless something is being filled in; then the offer stays. */
function followOtherTabs(): void {
  if (!navigator.serviceWorker.controller) return
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (formOpen.value) emit({ what: 'update' })
    else location.reload()
  })
}

/** Registers the worker; failures are quiet, because the app works without it. */
export async function startWorker(): Promise<void> {
  if (!canWorkOffline()) return
  try {
    registration = await navigator.serviceWorker.register(trustedScript(), { scope: '/app/', updateViaCache: 'none' })
    watchUpdate(registration)
    followOtherTabs()
  } catch (error) {
    console.warn('worker', error)
  }
}

/** Asks the browser to sync when there is a network, also with the app closed. A bonus where it exists. */
export async function askBackgroundSync(): Promise<void> {
  try {
    await registration?.sync?.register('dawis-sync')
  } catch {
    // Not permitted: the page syncs by itself.
  }
}

/** Looks for a new version. */
export async function lookForUpdate(): Promise<void> {
  await registration?.update().catch(() => undefined)
}

/** Uses the waiting version and loads the app again. */
export function useNewVersion(): void {
  if (!registration?.waiting) return location.reload()
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  registration.waiting.postMessage({ type: 'use-new' })
}
