/**
 * The app as one function of its surroundings: `begin(surroundings)` gives a tab with a memory of its own.
 * Two tabs of a phone share its storage and nothing else; an app that is opened again remembers nothing, as on a phone.
 */
import { build, type Rollup } from 'vite'
import type { AppPlant } from './plants'

export type App = typeof import('./app')

/** What of the browser the app finds under these names; all else is Node's own. */
export interface Surroundings {
  indexedDB: Pick<IDBFactory, 'open'>
  fetch: (path: string, init?: RequestInit) => Promise<Response>
  navigator: { userAgent: string; locks: Pick<LockManager, 'request'> }
  BroadcastChannel: new (name: string) => { onmessage: ((event: MessageEvent) => void) | null; postMessage: (news: unknown) => void; close: () => void }
  setTimeout: (work: () => void, ms: number) => unknown
  console: { warn: (...what: unknown[]) => void }
}

export type Begin = (around: Surroundings) => App

const NAMES: (keyof Surroundings)[] = ['indexedDB', 'fetch', 'navigator', 'BroadcastChannel', 'setTimeout', 'console']

/** Plants a bug in the source; a place that is gone is an error, or the bug would pass for one that was found. */
function planted(plant: AppPlant) {
  let count = 0
  return {
    name: 'dawis-planted',
    enforce: 'pre' as const,
    transform(code: string, id: string) {
      if (!id.endsWith(`/src/${plant.file}`)) return null
      if (code.split(plant.old).length !== 2) throw new Error(`${plant.name}: its place in ${plant.file} is gone`)
      count += 1
      return code.replace(plant.old, () => plant.fresh)
    },
    closeBundle() {
      if (count !== 1) throw new Error(`${plant.name}: ${plant.file} was not read`)
    },
  }
}

/** Bundles the app, with a bug in it where one is given. */
export async function bundled(plant?: AppPlant): Promise<Begin> {
  const built = (await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { __APP_VERSION__: JSON.stringify('0.1.0') },
    plugins: plant ? [planted(plant)] : [],
    build: { write: false, minify: false, lib: { entry: new URL('app.ts', import.meta.url).pathname, formats: ['iife'], name: 'app' } },
  })) as Rollup.RollupOutput[]
  const { code } = built[0]!.output[0]
  const begin = new Function(...NAMES, `${code}\nreturn app`) as (...around: unknown[]) => App
  return (around) => begin(...NAMES.map((name) => around[name]))
}
