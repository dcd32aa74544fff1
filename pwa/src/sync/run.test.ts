import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { keepProfile } from '../session/profile'
import { unsent } from '../store/facts'
import { queuedEdit } from '../../testing/edits'
import { Line, type Heard, type Said } from '../../testing/line'
import { household, newPhone, save, scopeOf } from '../../testing/phone'
import { logLines } from '../store/told'
import { allDoors } from '../store/records'
import { syncNow } from './run'
import type { Answer, WireRecord } from './wire'

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 })

let line: Line
const server: { through: number; id: string | null; records: WireRecord[] } = { through: 0, id: null, records: [] }

beforeEach(async () => {
  await newPhone()
  await keepProfile(named)
  Object.assign(server, { through: 0, id: null, records: [] })
  line = new Line()
})
afterEach(() => line.close())

const ME = { person: 7, device: 'd1', name: 'Siti' }
const named = { person: '7', device: 'd1', name: 'Siti', roles: [], isDemo: false, isCurrent: true, hasSession: true, key: null, since: '' }
const FORM = { version: '2026.1', kinds: {} }

/** A server without a mind of its own: takes every edit in order and gives all records on a first pull. */
function plain(heard: Heard): Said {
  if (heard.path === '/api/form') return { status: 200, body: FORM }
  if (heard.path === '/api/session') return { status: 200, body: ME }
  const { edits, cursor } = heard.body
  const last = edits.at(-1)
  if (last) Object.assign(server, { through: last.n, id: last.id })
  const answer: Answer = {
    applied_through: server.through,
    applied_id: server.id,
    verdicts: edits.map(({ n, id }) => ({ n, id, verdict: 'applied', seq: n })),
    records: cursor === null ? server.records : [],
    gone: [],
    scope: [scopeOf(server.records, cursor === null)],
    inbox: [],
    cursor: 'c',
    more: false,
    server: { now: '2026-11-23T08:00:00.000Z', epoch: 'e1' },
    wait: 0,
  }
  return { status: 200, body: answer }
}

/** The plain server after some scripted replies to the first sync requests. */
function after(...first: (Said | ((heard: Heard) => Said))[]): (heard: Heard) => Said {
  let at = 0
  return (heard) => {
    const next = heard.path === '/api/sync' ? first[at++] : undefined
    return next === undefined ? plain(heard) : typeof next === 'function' ? next(heard) : next
  }
}

describe('a good line', () => {
  test('a first sync: one request, everything there', async () => {
    server.records = [household('h1', 3, { a: 1 })]
    await line.open(plain)
    expect((await syncNow()).result).toBe('done')
    expect(line.syncs).toHaveLength(1)
    expect(await allDoors()).toHaveLength(1)
  })

  test('edits above 1 KiB: gzipped, with a digest over the bytes as sent, settled in one request', async () => {
    for (let at = 0; at < 20; at++) await save(`h${at}`, 0, { a: 'x'.repeat(200) })
    await line.open(plain)
    expect((await syncNow()).result).toBe('done')
    expect(line.syncs).toHaveLength(1)
    expect(line.syncs[0]).toMatchObject({ packed: true, body: { prev: null } })
    expect(line.syncs[0]!.body.edits.map((edit) => edit.n)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
    expect((await unsent()).count).toBe(0)
  })

  test('more than 200 edits: several requests, prev continues', async () => {
    for (let at = 0; at < 205; at++) await queuedEdit(at)
    await line.open(plain)
    expect((await syncNow()).result).toBe('done')
    expect(line.syncs.map((request) => request.body.edits.length)).toEqual([200, 5])
    expect(line.syncs[1]!.body.prev).toBe(line.syncs[0]!.body.edits.at(-1)!.id)
  })

  test('a copy that differs: asked again by name, counted in the log, the outbox untouched', async () => {
    server.records = [household('h1', 3, {})]
    const wrong = (heard: Heard): Said => {
      const said = plain(heard)
      return { ...said, body: { ...(said.body as Answer), records: [household('h1', 2, {})] } }
    }
    const right = (heard: Heard): Said => {
      const said = plain(heard)
      return { ...said, body: { ...(said.body as Answer), records: server.records, scope: [scopeOf(server.records, true)] } }
    }
    await line.open(after(wrong, right))
    expect((await syncNow()).result).toBe('done')
    expect(line.syncs[1]!.body.again).toEqual([server.records[0]!.dasawisma])
    expect((await logLines(1))[0]).toMatchObject({ repaired: [server.records[0]!.dasawisma] })
    expect((await allDoors())[0]!.version).toBe(3)
  })
})

describe('a bad line', () => {
  test.each([
    ['a captive portal', { status: 200, body: '<html>Login</html>', type: 'text/html' }, 'offline'],
    ['JSON of another shape', { status: 200, body: { ok: true } }, 'failed'],
    ['a broken proxy', { status: 502, body: 'bad gateway', type: 'text/plain' }, 'failed'],
    ['a busy server', { status: 503, body: {}, headers: { 'Retry-After': '7' } }, 'later'],
    ['a full disk', { status: 507, body: {} }, 'later'],
    ['too many requests', { status: 429, body: {}, headers: { 'Retry-After': '7' } }, 'later'],
    ['a blocked phone', { status: 403, body: { code: 'device.blocked' } }, 'blocked'],
  ])('%s: nothing is acknowledged', async (_case, said, result) => {
    await save('h1', 0, { a: 1 })
    await line.open(after(said))
    expect((await syncNow()).result).toBe(result)
    expect((await unsent()).count).toBe(1)
  })

  test('Retry-After: is waited for, with jitter', async () => {
    await line.open(after({ status: 503, body: {}, headers: { 'Retry-After': '100' } }))
    const { waitMs } = await syncNow()
    expect(waitMs).toBeGreaterThanOrEqual(100_000)
    expect(waitMs).toBeLessThanOrEqual(150_000)
  })

  test('an answer lost: sent again with the same bytes, settled as repeated', async () => {
    await save('h1', 0, { a: 1 })
    await line.open(
      after(
        (heard) => ({ ...plain(heard), status: 502 }),
        (heard) => {
          const said = plain(heard).body as Answer
          return { status: 200, body: { ...said, verdicts: said.verdicts.map((item) => ({ ...item, verdict: 'repeated', was: item })) } }
        },
      ),
    )
    expect((await syncNow()).result).toBe('failed')
    expect((await syncNow()).result).toBe('done')
    expect(line.syncs[1]!.body.edits).toEqual(line.syncs[0]!.body.edits)
    expect((await unsent()).count).toBe(0)
  })

  test('400 once: sent again unchanged', async () => {
    await save('h1', 0, { a: 1 })
    await line.open(after({ status: 400, body: {} }))
    expect((await syncNow()).result).toBe('done')
    expect(line.syncs[1]!.body.edits).toEqual(line.syncs[0]!.body.edits)
  })

  test('413: halved down to the one bad edit, which goes as raw bytes; the others are not held up', async () => {
    for (const id of ['good1', 'bad', 'good2']) await save(id, 0, { a: id })
    await line.open((heard) => {
      const isBad = heard.path === '/api/sync' && JSON.stringify(heard.body.edits).includes('"a":"bad"')
      return isBad ? { status: 413, body: { max_edits: 200, max_bytes: 1 } } : plain(heard)
    })
    expect((await syncNow()).result).toBe('done')
    const raw = line.syncs.flatMap((request) => request.body.edits).find((edit) => 'raw' in edit)!
    expect(JSON.parse(Buffer.from(raw['raw'] as string, 'base64').toString())).toMatchObject({ n: 2, patches: [{ id: 'bad' }] })
    expect((await unsent()).count).toBe(0)
  })

  test('426: edits settle, nothing is pulled', async () => {
    server.records = [household('h1', 3, {})]
    await save('h2', 0, { a: 1 })
    await line.open((heard) => {
      const said = plain(heard)
      return heard.path === '/api/sync' ? { status: 426, body: { ...(said.body as Answer), records: [], scope: [], cursor: null } } : said
    })
    expect((await syncNow()).result).toBe('old')
    expect((await unsent()).count).toBe(0)
  })

  test('409: the new epoch is taken, what the server lost is offered again', async () => {
    await save('h1', 0, { a: 1 })
    await line.open(plain)
    await syncNow()
    await line.close()
    line = new Line()
    Object.assign(server, { through: 0, id: null })
    const restored = { status: 409, body: { epoch: 'e2', restored_at: { [scopeOf([]).dasawisma]: 0 } } }
    const reply = after(restored)
    await line.open((heard) => {
      const said = reply(heard)
      if (said.status !== 200 || heard.path !== '/api/sync') return said
      return { ...said, body: { ...(said.body as Answer), server: { now: '2026-11-23T08:00:00.000Z', epoch: 'e2' } } }
    })
    expect((await syncNow()).result).toBe('done')
    expect(line.syncs.map((request) => [request.body.epoch, request.body.edits.length])).toEqual([
      ['e1', 0],
      ['e2', 0],
      ['e2', 1],
    ])
  })

  test('fork: the waiting edit goes under a new outbox with its old id', async () => {
    await save('h1', 0, { a: 1 })
    await line.open(
      after((heard) => {
        const said = plain(heard).body as Answer
        Object.assign(server, { through: 0, id: null })
        const verdicts = said.verdicts.map((item) => ({ ...item, verdict: 'fork' }))
        return { status: 200, body: { ...said, verdicts, applied_through: 5, applied_id: 'z' } }
      }),
    )
    expect((await syncNow()).result).toBe('done')
    const [first, second] = line.syncs.map((request) => request.body)
    expect(second!.outbox).not.toBe(first!.outbox)
    expect(second!.continues).toEqual({ outbox: first!.outbox, through: 0 })
    expect(second!.edits[0]!.id).toBe(first!.edits[0]!.id)
  })
})

describe('an ended session', () => {
  test('with a device key: renewed by a signature, and the edit goes through', async () => {
    const key = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
    await keepProfile({ ...named, key: key as CryptoKeyPair })
    await save('h1', 0, { a: 1 })
    let isSigned = false
    await line.open(async (heard) => {
      if (heard.path === '/api/session/challenge') return { status: 200, body: { challenge: 'abc' } }
      if (heard.path === '/api/session/renew') {
        const signature = Buffer.from(String(heard.body['signature']), 'base64url')
        isSigned = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, (key as CryptoKeyPair).publicKey, signature, Buffer.from('abc'))
        return { status: 200, body: { person: 7, device: 'd1', name: 'Siti' } }
      }
      return isSigned || heard.path !== '/api/sync' ? plain(heard) : { status: 401, body: { code: 'session.none' } }
    })
    expect((await syncNow()).result).toBe('done')
    expect(isSigned).toBe(true)
    expect((await unsent()).count).toBe(0)
  })

  test('somebody else signed in on this browser: nothing of hers is stored, no fork, no edit sent as her', async () => {
    await save('h1', 0, { a: 1 })
    await line.open((heard) => {
      if (heard.path === '/api/session') return { status: 200, body: { ...ME, person: 99 } }
      if (heard.path !== '/api/sync') return plain(heard)
      const verdicts = heard.body.edits.map(({ n, id }) => ({ n, id, verdict: 'fork' }))
      return { status: 200, body: { ...(plain(heard).body as Answer), verdicts, applied_through: 0, applied_id: null } }
    })
    expect((await syncNow()).result).toBe('signin')
    expect(line.syncs).toHaveLength(1)
    expect((await unsent()).count).toBe(1)
  })

  test('a person who came back to a shared phone: nothing is sent before her session is renewed', async () => {
    await keepProfile({ ...named, person: '8', hasSession: true })
    await keepProfile({ ...named, hasSession: false })
    await save('h1', 0, { a: 1 })
    await line.open(plain)
    expect((await syncNow()).result).toBe('signin')
    expect(line.requests).toHaveLength(0)
  })

  test('without one: asks for a code, keeps the outbox', async () => {
    await keepProfile({ ...named, key: null })
    await save('h1', 0, { a: 1 })
    await line.open(after({ status: 401, body: { code: 'session.none' } }))
    expect((await syncNow()).result).toBe('signin')
    expect((await unsent()).count).toBe(1)
  })
})
