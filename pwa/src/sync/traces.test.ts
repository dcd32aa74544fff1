/** The real store and the Python twin of the simulator: the same requests from the same events, the same storage after each. */
import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { normal, Replay, stateOf, type TraceEvent } from '../../testing/replay'
import { seams } from '../clock'

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000 })
vi.spyOn(console, 'warn').mockImplementation(() => undefined)

const { now, random } = seams
const { fetch } = globalThis

afterEach(() => {
  Object.assign(seams, { now, random })
  globalThis.fetch = fetch
})

const text = readFileSync(new URL('../../../tests/vectors/phone-traces.json', import.meta.url), 'utf8')
const traces = JSON.parse(text) as { seed: number; events: TraceEvent[] }[]

test.each(traces)('trace of seed $seed: done again by the real store', async ({ events }) => {
  const replay = new Replay()
  await replay.open()
  const state = await stateOf()
  for (const [at, event] of events.entries()) {
    const result = await replay.take(event)
    const where = `event ${at}: ${event.do}`
    expect(replay.sent, where).toEqual((event.requests ?? []).map((one) => normal(one.request)))
    Object.assign(state, event.state)
    expect(await stateOf(), where).toEqual(state)
    if (event.result !== undefined && event.result !== 'again') expect(result, where).toBe(event.result)
  }
})
