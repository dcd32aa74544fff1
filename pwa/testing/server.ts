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

  /** `backup`, `restore`, or `revoke PERSON`. */
  async tell(word: string): Promise<void> {
    const answered = this.line()
    this.process!.stdin.write(`${word}\n`)
    const { error } = JSON.parse(await answered) as { error?: string }
    if (error) throw new Error(error)
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

  /** A new phone of a new kader of D001, activated. */
  async phone(): Promise<Phone> {
    const phone = new Phone(this)
    await phone.use()
    const done = await activate(this.secrets.pop()!)
    if (done.result !== 'ok') throw new Error(JSON.stringify(done))
    await refreshForm()
    return phone
  }
}

/** One phone. `use` makes it the phone this process is; everything in the store and the sync then belongs to it. */
export class Phone {
  private factory = new IDBFactory()
  private cookie = ''
  /** Requests to the sync route since the last look. */
  syncs = 0
  isOffline = false
  /** True: the next answer of the sync route is lost after the server has stored the edits. */
  losesAnswer = false

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
    const reply = await realFetch(this.server.base + path, { ...rest, headers })
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
