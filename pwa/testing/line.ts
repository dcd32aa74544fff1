/**
 * A real HTTP line for tests of the sync loop: a server on loopback that checks the envelope as the contract asks
 * (Content-Digest, gzip) and answers each request as the test says.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { SyncRequest } from '../src/sync/wire'

export interface Said {
  status: number
  body: unknown
  type?: string
  headers?: Record<string, string>
}

/** A request as it arrived. */
export interface Heard {
  path: string
  bytes: number
  packed: boolean
  body: SyncRequest & Record<string, unknown>
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function heard(request: IncomingMessage, bytes: Buffer): Heard {
  const packed = request.headers['content-encoding'] === 'gzip'
  const expected = `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
  if (request.method === 'POST' && request.headers['content-digest'] !== expected) throw new Error('content-digest')
  const text = (packed ? gunzipSync(bytes) : bytes).toString('utf8')
  return { path: request.url ?? '', bytes: bytes.length, packed, body: (text ? JSON.parse(text) : {}) as Heard['body'] }
}

export class Line {
  readonly requests: Heard[] = []
  private server: Server | null = null
  private readonly before = globalThis.fetch

  /** Opens the line; `answer` decides each reply. */
  async open(answer: (heard: Heard, at: number) => Said | Promise<Said>): Promise<void> {
    this.server = createServer((request, response) => {
      void (async () => {
        const one = heard(request, await bytesOf(request))
        this.requests.push(one)
        const said = await answer(one, this.requests.length - 1)
        const text = typeof said.body === 'string' ? said.body : JSON.stringify(said.body)
        response.writeHead(said.status, { 'Content-Type': said.type ?? 'application/json', Connection: 'close', ...said.headers }).end(text)
      })().catch(() => response.destroy())
    })
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve))
    const { port } = this.server.address() as AddressInfo
    globalThis.fetch = (path, init) => this.before(`http://127.0.0.1:${port}${String(path)}`, init)
  }

  /** Closes the line. */
  async close(): Promise<void> {
    globalThis.fetch = this.before
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()))
  }

  /** Sync requests only. */
  get syncs(): Heard[] {
    return this.requests.filter((request) => request.path === '/api/sync')
  }
}
