/**
 * One history: several real phones, a real server, steps a seed decides, then quiet, then the oracle.
 *
 * The truth stands beside the phones: what somebody was told is saved, which storage has to hold it (a copy holds what
 * its original held), and what the server has answered for (a restored server, what it had when the copy was made).
 */
import { Dice } from './dice'
import { Handset } from './handset'
import { type Network, ODDS, type Odds } from './network'
import type { Opening } from './opening'
import { judge } from './oracle'
import { type Plan, plan, take } from './steps'
import { sync } from './syncing'
import type { Saved } from './work'

const MOST_SYNCS = 3
const PATIENCE_MS = 60_000

/** What a history came to. */
export interface Report {
  seed: number
  /** A line a step, as it happened. */
  lines: string[]
  /** What was broken; empty for a history that kept its promises. */
  wrong: string[]
  faults: Record<string, number>
  edits: number
  syncs: number
  requests: number
  ms: number
}

export class History {
  phones: Handset[] = []
  readonly saved: Map<string, Saved>
  /** Every text that was tried, told or not. */
  readonly tried: string[] = []
  readonly backups: { name: string; acknowledged: Set<string> }[]
  /** How the last sync of each phone ended, and how many changes the server had then. */
  readonly ends = new Map<Handset, string>()
  readonly synced = new Map<Handset, number>()
  /** A file was copied back by hand: only then may a copy differ without anybody having said so. */
  wasCopiedBack = false
  isTooOld = false
  syncs = 0
  at = -1

  constructor(
    readonly seed: number,
    readonly opening: Opening,
  ) {
    this.saved = new Map(opening.saved)
    this.backups = [{ name: 'clean', acknowledged: opening.acknowledged }]
  }

  get network(): Network {
    return this.opening.network
  }

  get places(): string[] {
    return this.opening.places
  }

  /** A text that is once in the world. */
  newMark(): string {
    return `isi ${this.seed}.${this.at}.${this.tried.length}`
  }

  async tell<T = void>(word: string): Promise<T> {
    return this.opening.server.tell<T>(word)
  }

  /** The true time goes on. */
  async pass(seconds: number): Promise<void> {
    this.network.now += seconds * 1000
    await this.tell(`clock ${new Date(this.network.now).toISOString()}`)
  }

  /** A phone with a copy of this one's storage, for the same person. */
  async clone(phone: Handset): Promise<Handset> {
    const other = new Handset(`${phone.name}'`, this.network, this.opening.begin)
    await other.take(phone.storage)
    Object.assign(other, { cookie: phone.cookie, offMs: phone.offMs, dice: phone.dice, spare: phone.spare })
    this.phones.push(other)
    return other
  }
}

/** The odds of a seed: some of them bent, so that histories differ in kind. */
function bent(dice: Dice): Odds {
  const entries = Object.entries(ODDS).map(([name, weight]) => [name, dice.chance(0.2) ? weight * dice.pick([0, 0.5, 2, 3]) : weight])
  return Object.fromEntries(entries) as Odds
}

async function begin(history: History): Promise<void> {
  const { opening, network, seed } = history
  const dice = new Dice(`odds ${seed}`)
  network.reset(opening.now, bent(dice))
  for (const id of opening.acknowledged) network.acknowledged.add(id)
  await history.tell('copy_back clean')
  await history.tell('oldest 0')
  await history.tell(`page ${dice.pick([1500, 4000, 524_288, 524_288])}`)
  await history.pass(60)
  for (const phone of opening.phones) history.phones.push(await opening.again(phone))
}

/** Nothing breaks any more: everybody syncs until nothing moves, three times each at most. */
async function heal(history: History): Promise<void> {
  await history.tell('oldest 0')
  const { network, phones } = history
  network.isGood = true
  const dice = new Dice(`heal ${history.seed}`)
  for (const phone of phones) phone.flight?.release()
  for (const phone of phones) await phone.flight?.done
  await network.quiet()
  while (network.waiting.length > 0) await network.deliverLate(dice)
  for (let turn = 0; turn < MOST_SYNCS; turn++) {
    for (const phone of phones) {
      if (turn > 0 && history.ends.get(phone) === 'done' && history.synced.get(phone) === network.changes) continue
      await history.pass(60)
      await sync(history, phone)
    }
  }
}

async function patiently(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('it hangs')), PATIENCE_MS)))
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Plays the history of a seed; `skip` leaves steps out, the others stay what they were. */
export async function play(seed: number, opening: Opening, length: number, skip: ReadonlySet<number> = new Set()): Promise<Report> {
  const began = performance.now()
  const history = new History(seed, opening)
  const [lines, wrong]: [string[], string[]] = [[], []]
  const steps: Plan = plan(seed, length).filter((step) => !skip.has(step.index))
  try {
    await begin(history)
    for (const step of steps) {
      lines.push(`${step.index} ${step.action}`)
      await patiently(take(history, step).then((told) => (lines[lines.length - 1] = told)))
    }
    lines.push('quiet')
    await patiently(heal(history))
    wrong.push(...history.network.wrong, ...(await judge(history)))
  } catch (error) {
    wrong.push(...history.network.wrong, error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  for (const phone of history.phones) phone.close()
  const { syncs, network } = history
  const edits = history.saved.size - opening.saved.size
  return { seed, lines, wrong, faults: network.faults, edits, syncs, requests: network.requests, ms: Math.round(performance.now() - began) }
}
