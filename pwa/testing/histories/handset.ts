/** One phone: its storage, its session, its clock, and the tabs that are open on it. */
import type { App, Begin, Surroundings } from './bundle'
import { Dice } from './dice'
import type { Network } from './network'
import { Storage } from './storage'
import { Tab } from './tab'

type Channel = InstanceType<Surroundings['BroadcastChannel']>

/** A sync whose request or answer is still on the way while other things happen. */
export interface Flight {
  done: Promise<unknown>
  /** Lets it go on. */
  release: () => void
}

export class Handset {
  storage = new Storage()
  cookie = ''
  /** How far its clock is from the true time, in milliseconds. */
  offMs = 0
  dice = new Dice('')
  tabs: Tab[] = []
  /** A copy a backup app made. */
  spare: Storage | null = null
  flight: Flight | null = null
  /** True: the next sync request, or its answer, is held on the way. */
  holds: 'request' | 'answer' | null = null
  /** Called when it is. */
  held: (release: () => void) => void = () => undefined
  readonly warned: string[] = []
  private readonly locks = new Map<string, Tab>()
  private readonly channels = new Map<Channel, Tab>()

  constructor(
    readonly name: string,
    readonly network: Network,
    private readonly begin: Begin,
  ) {}

  now(): number {
    return this.network.now + this.offMs
  }

  /** The tab somebody looks at; opened where none is. */
  async tab(): Promise<Tab> {
    return this.tabs[0] ?? this.openTab()
  }

  async openTab(): Promise<Tab> {
    const tab = new Tab(this, this.begin)
    this.tabs.push(tab)
    await tab.run((app) => app.currentProfile())
    return tab
  }

  /** All tabs are gone, at whatever they were. */
  close(): void {
    for (const tab of [...this.tabs]) tab.end()
  }

  /** Somebody does something in the tab she looks at; undefined where that ended meanwhile. */
  async use<T>(work: (app: App) => Promise<T>): Promise<T | undefined> {
    return (await this.tab()).run(work)
  }

  /** Another storage is in it from now on. */
  async take(storage: Storage): Promise<void> {
    this.close()
    this.storage = await storage.copy()
  }

  forget(tab: Tab): void {
    this.tabs = this.tabs.filter((one) => one !== tab)
    for (const [name, owner] of this.locks) if (owner === tab) this.locks.delete(name)
    for (const [channel, owner] of this.channels) if (owner === tab) this.channels.delete(channel)
  }

  /** Web Locks of this phone, as one tab sees them: a tab that is gone holds none. */
  locksOf(tab: Tab): Surroundings['navigator']['locks'] {
    const request = async (name: string, _options: LockOptions, work: (lock: Lock | null) => unknown): Promise<unknown> => {
      if (this.locks.has(name)) return work(null)
      this.locks.set(name, tab)
      try {
        return await work({ name, mode: 'exclusive' })
      } finally {
        if (this.locks.get(name) === tab) this.locks.delete(name)
      }
    }
    return { request } as Surroundings['navigator']['locks']
  }

  /** The channel between the tabs of this phone, as one tab opens it. */
  channelOf(tab: Tab): Surroundings['BroadcastChannel'] {
    const { channels } = this
    return class {
      onmessage: ((event: MessageEvent) => void) | null = null

      constructor() {
        channels.set(this, tab)
      }

      postMessage(data: unknown): void {
        const others = [...channels.keys()].filter((one) => one !== this)
        queueMicrotask(() => others.forEach((one) => channels.has(one) && one.onmessage?.({ data } as MessageEvent)))
      }

      close(): void {
        channels.delete(this)
      }
    }
  }
}
