/**
 * The build: one script and one style sheet for the first screen, one chunk for the screens after it,
 * then the service worker with the list of exactly these files.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build, defineConfig, type Plugin } from 'vite'

const BASE = '/app/'
const TARGET = 'chrome90'
const version = (JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string }).version

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [path]
  })
}

/** Large icons are for the installer, which fetches them itself; packed twins are chosen by the server. */
function isKept(path: string): boolean {
  return !/(sw\.js|-512\.png|\.br|\.gz)$/.test(path)
}

/** Writes `.br` and `.gz` beside every text file, so that the server never compresses while a kader waits. */
function pack(files: string[]): void {
  for (const path of files.filter((name) => /\.(js|css|html|svg|webmanifest)$/.test(name))) {
    const bytes = readFileSync(path)
    writeFileSync(`${path}.br`, brotliCompressSync(bytes))
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  }
}

/** Takes the marks of `src/mark.ts` out: a phone has no use for them. */
function unmarked(): Plugin {
  return {
    name: 'dawis-unmarked',
    apply: 'build',
    enforce: 'pre',
    transform: (code, id) => (id.includes('/src/') ? code.replace(/^ *mark\('[^']*'\)$/gm, '').replace(/^import \{ mark \}.*$/m, '') : null),
  }
}

/** Builds `sw.js` last, with the addresses to keep and a name that changes with their content. */
function serviceWorker(): Plugin {
  let out = 'dist'
  return {
    name: 'dawis-service-worker',
    apply: 'build',
    configResolved(config) {
      out = config.build.outDir
    },
    async closeBundle() {
      const files = filesIn(out).filter(isKept).sort()
      const hash = createHash('sha256')
      for (const path of files) hash.update(relative(out, path)).update(readFileSync(path))
      const urls = files.map((path) => BASE + relative(out, path).replace(/index\.html$/, ''))
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        plugins: [unmarked()],
        define: {
          __PRECACHE__: JSON.stringify(urls),
          __BUILD__: JSON.stringify(hash.digest('hex').slice(0, 12)),
          __APP_VERSION__: JSON.stringify(version),
        },
        build: {
          target: TARGET,
          outDir: out,
          emptyOutDir: false,
          lib: { entry: 'src/sw.ts', formats: ['iife'], name: 'sw', fileName: () => 'sw.js' },
        },
      })
      pack(filesIn(out))
    },
  }
}

export default defineConfig({
  base: BASE,
  define: { __APP_VERSION__: JSON.stringify(version) },
  plugins: [unmarked(), serviceWorker()],
  build: {
    target: TARGET,
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: true,
  },
})
