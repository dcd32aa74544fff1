/** One tab of the app on a phone: a memory of its own, which ends at a mark, or when the tab is closed, and never acts again. */
import type { App, Begin, Surroundings } from './bundle'
import type { Handset } from './handset'
import type { Opened } from './storage'

const NEVER = new Promise<never>(() => undefined)

export class Tab {
  readonly app: App
  /** The mark at which it ended, `closed`, or null while it lives. */
  endedAt: string | null = null
  /** How many marks it may still pass before it ends; 0 for no end. */
  endsIn = 0
  private readonly opened: Opened
  private tell: () => void = () => undefined
  private readonly gone = new Promise<void>((resolve) => (this.tell = resolve))

  constructor(
    private readonly phone: Handset,
    begin: Begin,
  ) {
    this.opened = phone.storage.open()
    this.app = begin(this.surroundings())
    this.app.seams.now = () => phone.now()
    this.app.seams.random = (bytes) => phone.dice.bytes(bytes)
    this.app.marks.passed = (name) => this.pass(name)
  }

  private pass(name: string): void {
    if (this.endedAt !== null) throw new Error('dead')
    if (this.endsIn === 0 || --this.endsIn > 0) return
    this.end(name)
    throw new Error(`ended at ${name}`)
  }

  /** It is gone: nothing it was about to write or send happens any more. */
  end(at = 'closed'): void {
    if (this.endedAt !== null) return
    this.endedAt = at
    this.opened.cut()
    this.phone.forget(this)
    this.tell()
  }

  /** What the work comes to; undefined where the tab ended meanwhile. */
  async run<T>(work: (app: App) => Promise<T>): Promise<T | undefined> {
    try {
      return await Promise.race([work(this.app), this.gone.then(() => undefined)])
    } catch (error) {
      if (this.endedAt === null) throw error
      return undefined
    }
  }

  private surroundings(): Surroundings {
    const { phone } = this
    return {
      indexedDB: this.opened.indexedDB,
      fetch: (path, init) => this.fetch(path, init),
      navigator: { userAgent: 'Node', locks: phone.locksOf(this) },
      BroadcastChannel: phone.channelOf(this),
      setTimeout: (work, ms) => setTimeout(work, ms).unref(),
      console: { warn: (...what) => phone.warned.push(what.map(String).join(' ')) },
    }
  }

  private async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    if (this.endedAt !== null) return NEVER
    try {
      const reply = await this.phone.network.request(this.phone, path, init)
      return this.endedAt === null ? reply : NEVER
    } catch (error) {
      if (this.endedAt === null) throw error
      return NEVER
    }
  }
}
