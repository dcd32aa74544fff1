/** Which steps a history has, and what each does: people at work, time, and everything that may break. */
import { Dice } from './dice'
import type { Handset } from './handset'
import type { History } from './history'
import { land, sync, syncBoth, takeOff } from './syncing'
import { openPage, save, savePage } from './work'

const [HOUR, DAY] = [3600, 86_400]
const MOST_PHONES = 5
const CRASHES = 0.15
const LONGEST_LIFE = 12

type Action = (history: History, phone: Handset) => Promise<unknown>

const ACTIONS = {
  door: (history, phone) => save(history, phone, 'door'),
  change: (history, phone) => save(history, phone, 'change'),
  visit: (history, phone) => save(history, phone, 'visit'),
  event: (history, phone) => save(history, phone, 'event'),
  move: (history, phone) => save(history, phone, 'move'),
  page: openPage,
  savePage,
  sync,
  takeOff,
  land,
  tabs: async (history, phone) => {
    if (phone.tabs.length < 2) await phone.openTab()
    phone.tabs.reverse()
    history.network.count('twoTabs')
    return syncBoth(history, phone)
  },
  reopen: async (_, phone) => phone.close(),
  clone: async (history, phone) => {
    if (history.phones.length >= MOST_PHONES) return 'enough phones'
    history.network.count('clone')
    return (await history.clone(phone)).name
  },
  backupPhone: async (_, phone) => void (phone.spare = await phone.storage.copy()),
  putBack: async (history, phone) => {
    if (!phone.spare) return 'no copy'
    history.network.count('phonePutBack')
    history.synced.delete(phone)
    await phone.take(phone.spare)
  },
  quota: async (history, phone) => {
    const work = phone.dice.pick(['door', 'change', 'visit'] as const)
    const { storage } = phone
    storage.full = phone.dice
    const told = await save(history, phone, work).finally(() => (storage.full = null))
    if (phone.dice.chance(0.6)) return told
    storage.full = phone.dice
    return `${told}; ${await sync(history, phone).finally(() => (storage.full = null))}`
  },
  time: async (history, phone) => history.pass(phone.dice.pick([HOUR, 5 * HOUR, DAY, DAY, 8 * DAY])),
  clock: async (history, phone) => {
    history.network.count('clockJump')
    phone.offMs = 1000 * phone.dice.pick([0, 0, 90, -90, -HOUR, HOUR, 400 * DAY, -400 * DAY, 3650 * DAY, -3650 * DAY])
    return phone.offMs
  },
  signOut: async (history, phone) => {
    history.network.count('sessionEnded')
    phone.cookie = ''
  },
  backupServer: async (history) => {
    const name = `copy${history.backups.length}`
    await history.tell(`backup ${name}`)
    history.backups.push({ name, acknowledged: new Set(history.network.acknowledged) })
    return name
  },
  restoreServer: (history, phone) => goBack(history, phone.dice, 'restore'),
  copyBack: (history, phone) => goBack(history, phone.dice, 'copy_back'),
  rights: async (history, phone) => {
    const person = await phone.use(async (app) => app.chosenPerson())
    const mine = await history.tell<string[]>(`grants ${person}`)
    const place = phone.dice.pick(history.places)
    history.network.count('reassigned')
    const word = mine.includes(place) ? 'revoke' : 'grant'
    await history.tell(`${word} ${person} ${place}`)
    return `${word} ${place}`
  },
  replay: (history, phone) => history.network.replay(phone.dice),
  version: async (history) => {
    history.network.count('appTooOld')
    history.isTooOld = !history.isTooOld
    await history.tell(`oldest ${history.isTooOld ? '9' : '0'}`)
  },
} satisfies Record<string, Action>

type Name = keyof typeof ACTIONS

const WEIGHTS: Record<Name, number> = {
  door: 6,
  change: 17,
  visit: 5,
  event: 4,
  move: 4,
  page: 4,
  savePage: 4,
  sync: 20,
  takeOff: 5,
  land: 4,
  tabs: 3,
  reopen: 3,
  clone: 1.5,
  backupPhone: 2.5,
  putBack: 1.5,
  quota: 2,
  time: 4,
  clock: 2,
  signOut: 1.5,
  backupServer: 3,
  restoreServer: 2,
  copyBack: 0.7,
  rights: 2.5,
  replay: 2,
  version: 0.8,
}

/** A step has dice of its own, so that leaving others out keeps it what it was. */
export interface Step {
  index: number
  action: Name
  slot: number
  dice: string
}

export type Plan = Step[]

/** The steps of a seed. */
export function plan(seed: number, length: number): Plan {
  const dice = new Dice(`plan ${seed}`)
  const weights = { ...WEIGHTS }
  for (const name of Object.keys(weights) as Name[]) if (dice.chance(0.15)) weights[name] *= dice.pick([0, 0.5, 2, 4])
  return Array.from({ length }, (_, index) => ({ index, action: dice.weighed(weights), slot: dice.below(60), dice: `${seed} ${index} ${dice.below(2 ** 31)}` }))
}

async function goBack(history: History, dice: Dice, word: 'restore' | 'copy_back'): Promise<string> {
  const { name, acknowledged } = dice.chance(0.6) ? history.backups.at(-1)! : dice.pick(history.backups)
  history.network.count(word === 'restore' ? 'serverRestored' : 'serverCopiedBack')
  history.wasCopiedBack ||= word === 'copy_back'
  await history.tell(`${word} ${name}`)
  history.network.acknowledged = new Set(acknowledged)
  history.network.changes += 1
  return name
}

/** Takes one step; returns a line about it. */
export async function take(history: History, step: Step): Promise<string> {
  const phone = history.phones[step.slot % history.phones.length]!
  history.at = step.index
  phone.dice = new Dice(step.dice)
  await history.pass(phone.dice.pick([1, 20, 600]))
  const tab = await phone.tab()
  tab.endsIn = phone.dice.chance(CRASHES) ? 1 + phone.dice.below(LONGEST_LIFE) : 0
  const told = await (ACTIONS[step.action] as Action)(history, phone)
  tab.endsIn = 0
  const crash = tab.endedAt !== null && tab.endedAt !== 'closed' ? ` (ended at "${tab.endedAt}")` : ''
  if (crash) history.network.count('crash')
  return `${step.index} phone ${phone.name} ${step.action}${told === undefined ? '' : `: ${String(told)}`}${crash}`
}
