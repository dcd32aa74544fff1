/** Plays histories of real phones in Node: `node testing/histories.mjs --seeds 0:60`; see `histories/main.ts`. */
import { createServer } from 'vite'

const root = new URL('..', import.meta.url).pathname
const vite = await createServer({ root, configFile: false, logLevel: 'warn', appType: 'custom', optimizeDeps: { noDiscovery: true }, server: { middlewareMode: true, hmr: false, watch: null, ws: false } })
try {
  const { main } = await vite.ssrLoadModule('/testing/histories/main.ts')
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1
} finally {
  await vite.close()
}
