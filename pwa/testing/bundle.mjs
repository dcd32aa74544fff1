/** Writes `in-page.ts` as one script into the folder given: `node testing/bundle.mjs FOLDER`. */
import { build } from 'vite'

await build({
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  define: { __APP_VERSION__: JSON.stringify('0.1.0'), __BUILD__: JSON.stringify('test') },
  build: {
    outDir: process.argv[2],
    emptyOutDir: false,
    lib: { entry: new URL('in-page.ts', import.meta.url).pathname, formats: ['iife'], name: 'inPage', fileName: () => 'in-page.js' },
  },
})
