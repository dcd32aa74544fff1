/** The real server for tests, and several phones in one process, each with its own IndexedDB and cookies. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { currentProfile } from '../src/session/profile'
import { activate } from '../src/session/session'
import { choosePerson, forgetConnections } from '../src/store/database'
import { silence } from '../src/store/events'
import { forgetForm, refreshForm } from '../src/store/facts'
import { forget } from '../src/store/records'

const ROOT = new URL('../..', import.meta.url).pathname
const realFetch = globalThis.fetch

export class RealServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'dawis-phone-'))
  private process: ChildProcessWithoutNullStreams | null = null
  private lines: Interface | null = null
  private waiting: ((line: string) => void)[] = []
  private secrets: string[] = []
  base = ''

  async start(): Promise<void> {
    this.process = spawn(join(ROOT, '.venv/bin/python'), ['-W', 'ignore', new URL('server.py', import.meta.url).pathname, this.folder])
    this.lines = createInterface(this.process.stdout)
    this.lines.on('line', (line) => this.waiting.shift()?.(line))
    let complaints = ''
    this.process.stderr.on('data', (part: Buffer) => (complaints += part.toString()))
    this.process.on('exit', (code) => code && this.waiting.shift()?.(JSON.stringify({ error: complaints.slice(-2000) })))
    const first = JSON.parse(await this.line()) as { port: number; secrets: string[]; error?: string }
    if (first.error) throw new Error(first.error)
    this.base = `http://127.0.0.1:${first.port}`
    this.secrets = first.secrets
  }

  private line(): Promise<string> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** A word of `words.py` with its arguments; returns what it gives. */
  async tell<T = void>(word: string): Promise<T> {
    const answered = this.line()
    this.process!.stdin.write(`${word}\n`)
    const { done, error } = JSON.parse(await answered) as { done: T; error?: string }
    if (error) throw new Error(error)
    return done
  }

  async stop(): Promise<void> {
    if (this.process?.exitCode === null) {
      const ended = new Promise((resolve) => this.process!.once('exit', resolve))
      this.process.stdin.end()
      await ended
    }
    globalThis.fetch = realFetch
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** What a new kader of D001 activates her phone with, once. */
  secret(): string {
    return this.secrets.pop()!
  }

  /** A new phone of a new kader of D001, activated; of the same one every time while the server forgets her in between. */
  async phone(isForgotten = false): Promise<Phone> {
    const phone = new Phone(this)
    await phone.use()
    const done = await activate(isForgotten ? this.secrets[0]! : this.secret())
    if (done.result !== 'ok') throw new Error(JSON.stringify(done))
    await refreshForm()
    return phone
  }
}

/** Sends a request on, or not, or changed; returns the answer as it arrives. */
export type Way = (send: (changed?: RequestInit) => Promise<Response>, request: RequestInit) => Promise<Response>

/** One phone. `use` makes it the phone this process is; everything in the store and the sync then belongs to it. */
export class Phone {
  private factory = new IDBFactory()
  private cookie = ''
  /** Requests to the sync route since the last look. */
  syncs = 0
  isOffline = false
  /** True: the next answer of the sync route is lost after the server has stored the edits. */
  losesAnswer = false
  /** What happens to a sync request and its answer on the way. */
  way: Way | null = null

  constructor(private readonly server: RealServer) {}

  async use(): Promise<void> {
    forgetConnections()
    globalThis.indexedDB = this.factory
    globalThis.fetch = (path, init) => this.fetch(String(path), init)
    forget()
    forgetForm()
    choosePerson(null)
    await currentProfile()
  }

  /** Everything in memory is gone and nothing of it can write any more; `use` starts the app again. */
  die(): void {
    silence()
    forgetConnections()
    choosePerson(null)
    globalThis.fetch = () => Promise.reject(new TypeError('dead'))
  }

  /** Forgets the session, as a cookie that ran out. */
  signOut(): void {
    this.cookie = ''
  }

  /** The phone's storage as a thief or a restore would copy it. */
  async cloneInto(other: Phone): Promise<void> {
    const { copyAll } = await import('./copy')
    await copyAll(this.factory, other.factory)
    other.cookie = this.cookie
  }

  private async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    if (this.isOffline) throw new TypeError('offline')
    const headers = new Headers(init.headers)
    headers.set('Cookie', this.cookie)
    headers.set('Sec-Fetch-Site', 'same-origin')
    const { cache: _cache, ...rest } = init
    const send = (other?: RequestInit): Promise<Response> => realFetch(this.server.base + path, { ...rest, ...other, headers })
    const reply = await (this.way && path === '/api/sync' ? this.way(send, rest) : send())
    const given = reply.headers.getSetCookie().map((line) => line.split(';')[0]!)
    if (given.length > 0) this.cookie = given.join('; ')
    if (path === '/api/sync') this.syncs += 1
    if (path === '/api/sync' && this.losesAnswer) {
      this.losesAnswer = false
      throw new TypeError('lost')
    }
    return reply
  }
}
