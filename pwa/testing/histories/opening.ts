/** How every history begins: a running server, three kader with their phones, a few doors; made once, then copied. */
import type { RealServer } from '../server'
import type { Begin } from './bundle'
import { Dice } from './dice'
import { Handset } from './handset'
import { History } from './history'
import { Network } from './network'
import { sync } from './syncing'
import { type Saved, save } from './work'

const DESA = '35.22.14.2011'
const KADER = ['A', 'B', 'C']
const DOORS = 2

export class Opening {
  readonly network: Network
  readonly places = ['D001', 'D002', 'D003'].map((code) => `${DESA}/${code}`)
  readonly phones: Handset[] = []
  saved = new Map<string, Saved>()
  acknowledged = new Set<string>()

  constructor(
    readonly server: RealServer,
    /** The app that histories drive; the opening itself is made by a sound one. */
    public begin: Begin,
    readonly now: number,
  ) {
    this.network = new Network(server.base)
    this.network.now = now
  }

  /** A phone as it was in the opening. */
  async again(phone: Handset): Promise<Handset> {
    const other = new Handset(phone.name, this.network, this.begin)
    await other.take(phone.storage)
    other.cookie = phone.cookie
    // Where nobody made a newer one, this is the backup there is.
    other.spare = phone.storage
    return other
  }

  private async activated(name: string): Promise<Handset> {
    const phone = new Handset(name, this.network, this.begin)
    phone.dice = new Dice(`opening ${name}`)
    const done = await phone.use((app) => app.activate(this.server.secret()))
    if (done?.result !== 'ok') throw new Error(JSON.stringify(done))
    await phone.use((app) => app.refreshForm())
    return phone
  }

  /** A is kader of the first dasa wisma, B too, C of the first and the second. */
  async prepare(): Promise<void> {
    const history = new History(0, this)
    for (const name of KADER) this.phones.push(await this.activated(name))
    const last = await this.phones.at(-1)!.use(async (app) => app.chosenPerson())
    await history.tell(`grant ${last} ${this.places[1]}`)
    for (const phone of this.phones) await sync(history, phone)
    for (const phone of this.phones) for (let at = 0; at < DOORS; at++) await save(history, phone, 'door')
    for (const phone of [...this.phones, ...this.phones]) await sync(history, phone)
    if ([...history.ends.values()].some((end) => end !== 'done')) throw new Error([...history.ends.values()].join())
    for (const phone of this.phones) phone.close()
    await history.tell('backup clean')
    Object.assign(this, { saved: history.saved, acknowledged: this.network.acknowledged })
  }
}
