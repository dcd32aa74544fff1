/** The way between the phones and their server: what is lost, late, doubled, damaged, or met by somebody else's portal. */
import type { Dice } from './dice'
import type { Handset } from './handset'

const realFetch = globalThis.fetch
const KEPT = 12
const HTML = '<html><body>Selamat datang di WiFi</body></html>'

/** How often one sync request meets what; `none` is the rest. */
export const ODDS = { none: 62, dropRequest: 5, dropAnswer: 8, twice: 5, late: 5, cutAnswer: 4, stopAnswer: 3, damage: 3, portal: 3, busy: 2 }

export type Odds = typeof ODDS

/** A request as it went out. */
interface Parcel {
  path: string
  init: RequestInit
  cookie: string
}

interface Reply {
  status: number
  headers: Headers
  bytes: Uint8Array<ArrayBuffer>
}

interface Acknowledging {
  verdicts?: { id: string; verdict: string }[]
}

export class Network {
  /** The true time, in milliseconds. */
  now = 0
  isGood = true
  odds: Odds = ODDS
  /** How often each fault happened. */
  faults: Record<string, number> = {}
  /** Answers no server may give. */
  wrong: string[] = []
  /** Edits the server has answered for. */
  acknowledged = new Set<string>()
  /** Edits this server took, so far; tells whether anything moved. */
  changes = 0
  requests = 0
  waiting: Parcel[] = []
  private past: Parcel[] = []
  private readonly underway = new Set<Promise<Reply>>()

  constructor(readonly base: string) {}

  count(fault: string): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1
  }

  /** Forgets everything of an earlier history. */
  reset(now: number, odds: Odds): void {
    Object.assign(this, { now, odds, isGood: false, faults: {}, wrong: [], changes: 0, requests: 0, waiting: [], past: [] })
    this.acknowledged = new Set()
  }

  /** Sends a request of a phone; its answer as far as it arrives. */
  async request(phone: Handset, path: string, init: RequestInit): Promise<Response> {
    const parcel = { path, init, cookie: phone.cookie }
    this.requests += 1
    if (path === '/api/sync' && phone.holds) return this.onHold(phone, parcel)
    if (this.isGood) return arrived(phone, await this.deliver(parcel))
    if (path !== '/api/sync') {
      if (!phone.dice.chance(0.05)) return arrived(phone, await this.deliver(parcel))
      this.count('dropRequest')
      throw new TypeError('lost')
    }
    if (phone.dice.chance(0.2)) await this.deliverLate(phone.dice)
    const fault = phone.dice.weighed(this.odds)
    if (fault === 'none') return arrived(phone, await this.deliver(parcel))
    this.count(fault)
    return this[fault](phone, parcel)
  }

  /** A request that was held up arrives; nobody waits for its answer any more. */
  async deliverLate(dice: Dice): Promise<void> {
    if (this.waiting.length > 0) await this.deliver(this.waiting.splice(dice.below(this.waiting.length), 1)[0]!)
  }

  /** A proxy sends an old request again. */
  async replay(dice: Dice): Promise<void> {
    if (this.past.length === 0) return
    this.count('replay')
    await this.deliver(dice.pick(this.past))
  }

  /** Until the server has answered everything that reached it. */
  async quiet(): Promise<void> {
    await new Promise(setImmediate)
    while (this.underway.size > 0) await Promise.allSettled([...this.underway])
  }

  private async onHold(phone: Handset, parcel: Parcel): Promise<Response> {
    const early = phone.holds === 'answer' ? await this.deliver(parcel) : null
    phone.holds = null
    await new Promise<void>((resolve) => phone.held(resolve))
    return arrived(phone, early ?? (await this.deliver(parcel)))
  }

  private deliver(parcel: Parcel): Promise<Reply> {
    if (parcel.path === '/api/sync') this.past = [...this.past.slice(-KEPT), parcel]
    const reply = this.carried(parcel)
    this.underway.add(reply)
    return reply.finally(() => this.underway.delete(reply))
  }

  private async carried({ path, init, cookie }: Parcel): Promise<Reply> {
    const headers = new Headers(init.headers)
    headers.set('Cookie', cookie)
    headers.set('Sec-Fetch-Site', 'same-origin')
    const { method, body } = init
    const reply = await realFetch(this.base + path, { method, body, headers, redirect: 'error' })
    const bytes = new Uint8Array(await reply.arrayBuffer())
    if (reply.status >= 500) this.wrong.push(`${path} was answered ${reply.status}: ${new TextDecoder().decode(bytes).slice(0, 200)}`)
    if (path === '/api/sync' && (reply.status === 200 || reply.status === 426)) this.acknowledge(bytes)
    return { status: reply.status, headers: reply.headers, bytes }
  }

  private acknowledge(bytes: Uint8Array): void {
    const { verdicts = [] } = JSON.parse(new TextDecoder().decode(bytes)) as Acknowledging
    for (const { id, verdict } of verdicts) {
      if (verdict === 'gap' || verdict === 'fork') continue
      this.acknowledged.add(id)
      if (verdict !== 'repeated') this.changes += 1
    }
  }

  private dropRequest(): Promise<Response> {
    return Promise.reject(new TypeError('lost'))
  }

  private async dropAnswer(_phone: Handset, parcel: Parcel): Promise<Response> {
    await this.deliver(parcel)
    throw new TypeError('lost')
  }

  private async twice(phone: Handset, parcel: Parcel): Promise<Response> {
    const replies = [await this.deliver(parcel), await this.deliver(parcel)]
    return arrived(phone, phone.dice.pick(replies))
  }

  private async late(_phone: Handset, parcel: Parcel): Promise<Response> {
    this.waiting.push(parcel)
    throw new TypeError('lost')
  }

  /** A proxy hands on what it has got. */
  private async cutAnswer(phone: Handset, parcel: Parcel): Promise<Response> {
    const reply = await this.deliver(parcel)
    return arrived(phone, { ...reply, bytes: reply.bytes.slice(0, phone.dice.below(reply.bytes.length)) })
  }

  /** The line breaks while the answer comes. */
  private async stopAnswer(phone: Handset, parcel: Parcel): Promise<Response> {
    const { status, headers, bytes } = await this.deliver(parcel)
    const part = bytes.slice(0, phone.dice.below(bytes.length))
    const start = (body: ReadableStreamDefaultController): void => {
      body.enqueue(part)
      setImmediate(() => body.error(new TypeError('broken off')))
    }
    return new Response(new ReadableStream({ start }), { status, headers: bare(headers) })
  }

  /** One bit of the request is flipped, or its end is missing. */
  private async damage(phone: Handset, parcel: Parcel): Promise<Response> {
    const bytes = Uint8Array.from(parcel.init.body as Uint8Array)
    const at = phone.dice.below(bytes.length)
    bytes[at] = bytes[at]! ^ (1 << phone.dice.below(8))
    const body = phone.dice.chance(0.5) ? bytes : bytes.slice(0, at)
    return arrived(phone, await this.deliver({ ...parcel, init: { ...parcel.init, body } }))
  }

  private async portal(): Promise<Response> {
    return new Response(HTML, { status: 200, headers: { 'Content-Type': 'text/html' } })
  }

  private async busy(): Promise<Response> {
    return new Response('{"code": "busy"}', { status: 503, headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '5' } })
  }
}

function bare(headers: Headers): Headers {
  const kept = new Headers(headers)
  for (const name of ['Content-Encoding', 'Content-Length', 'Set-Cookie']) kept.delete(name)
  return kept
}

/** The answer as the browser hands it to the app, the cookie put away. */
function arrived(phone: Handset, { status, headers, bytes }: Reply): Response {
  const given = headers.getSetCookie().map((line) => line.split(';')[0]!)
  if (given.length > 0) phone.cookie = given.join('; ')
  return new Response(bytes, { status, headers: bare(headers) })
}
