/**
 * The hash router: a path and its parameters as a signal.
 * Works from any folder and from the service worker's fallback without rules on the server.
 */
import { signal } from '@preact/signals'

export interface Route {
  name: string
  params: Record<string, string>
}

const TABLE: [string, RegExp, string[]][] = [
  ['home', /^\/?$/, []],
  ['activate', /^\/aktivasi$/, []],
  ['list', /^\/rumah$/, []],
  ['add-door', /^\/rumah-baru$/, []],
  ['door', /^\/rumah\/([^/]+)$/, ['household']],
  ['visit', /^\/rumah\/([^/]+)\/kunjungan$/, ['household']],
  ['household', /^\/rumah\/([^/]+)\/isian(?:\/([^/]+))?$/, ['household', 'section']],
  ['family', /^\/rumah\/([^/]+)\/kk\/([^/]+)$/, ['household', 'family']],
  ['member', /^\/rumah\/([^/]+)\/warga\/([^/]+)$/, ['household', 'member']],
  ['sync-log', /^\/kirim$/, []],
]

/** The route a hash names; unknown ones lead home. A query after `?` goes into the parameters. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?')
  for (const [name, pattern, names] of TABLE) {
    const match = pattern.exec(path)
    if (!match) continue
    const params: Record<string, string> = Object.fromEntries(new URLSearchParams(query))
    names.forEach((key, at) => {
      if (match[at + 1] !== undefined) params[key] = decodeURIComponent(match[at + 1]!)
    })
    return { name, params }
  }
  return { name: 'home', params: {} }
}

export const route = signal<Route>({ name: 'home', params: {} })

/** Starts following the address; called once. */
export function followAddress(): void {
  const follow = (): void => {
    route.value = routeOf(location.hash)
  }
  addEventListener('hashchange', follow)
  follow()
}

/** Goes to a path such as `/rumah/ID`; `replace` leaves no step to come back to. */
export function go(path: string, replace = false): void {
  const hash = `#${path}`
  if (replace) {
    history.replaceState(null, '', hash)
    route.value = routeOf(hash)
  } else location.hash = hash
}

/** One step back, or to `otherwise` when the app was opened here. */
export function back(otherwise = '/'): void {
  if (history.length > 1) history.back()
  else go(otherwise, true)
}
