/** What lies on one phone, whoever opens it: its databases, its full disk, and what it was promised to hold. */
import { IDBFactory } from 'fake-indexeddb'
import { copyAll } from '../copy'
import type { Dice } from './dice'

const FULL = 'QuotaExceededError'
/** About as many values as a save writes. */
const MOST_ROOM = 3

/** The lines of one tab to its databases. */
export interface Opened {
  indexedDB: Pick<IDBFactory, 'open'>
  /** The tab is gone: what it had not committed is not there. */
  cut: () => void
}

export class Storage {
  readonly factory = new IDBFactory()
  /** Ids of edits a kader was told are saved here. The truth beside the phone: it is not read from its databases. */
  readonly held = new Set<string>()
  /** Where writing fails for want of room, or null. */
  full: Dice | null = null

  /** The same storage in another place. */
  async copy(): Promise<Storage> {
    const other = new Storage()
    await copyAll(this.factory, other.factory)
    for (const id of this.held) other.held.add(id)
    return other
  }

  /** Opens it for a tab. */
  open(): Opened {
    const lines = new Set<IDBDatabase>()
    const live = new Set<IDBTransaction>()
    const open = (name: string, version?: number): IDBOpenDBRequest => {
      const request = this.factory.open(name, version)
      request.addEventListener('success', () => {
        lines.add(request.result)
        this.watch(request.result, live)
      })
      return request
    }
    const cut = (): void => {
      for (const tx of live) abort(tx)
      for (const line of lines) line.close()
    }
    return { indexedDB: { open }, cut }
  }

  private watch(db: IDBDatabase, live: Set<IDBTransaction>): void {
    const begin = db.transaction.bind(db)
    db.transaction = (...given) => {
      const tx = begin(...given)
      if (tx.mode !== 'readwrite') return tx
      live.add(tx)
      for (const end of ['complete', 'abort']) tx.addEventListener(end, () => live.delete(tx))
      if (this.full) refuse(tx, this.full)
      return tx
    }
  }
}

function abort(tx: IDBTransaction, why?: string): void {
  try {
    if (why) (tx as unknown as { _abort: (name: string) => void })._abort(why)
    else tx.abort()
  } catch {
    // It has ended already.
  }
}

/** No room for one of the values that are written: it is refused as it is put, or what it belongs to when the disk has tried. */
function refuse(tx: IDBTransaction, dice: Dice): void {
  const isAtOnce = dice.chance(0.5)
  let room = dice.below(MOST_ROOM)
  const storeOf = tx.objectStore.bind(tx)
  const fits = (): boolean => room-- !== 0
  tx.objectStore = (name) => {
    const store = storeOf(name)
    for (const way of ['add', 'put'] as const) {
      const write = store[way].bind(store)
      store[way] = (...given) => {
        if (fits()) return write(...given)
        if (isAtOnce) throw new DOMException('full', FULL)
        const request = write(...given)
        request.addEventListener('success', () => abort(tx, FULL))
        return request
      }
    }
    return store
  }
}
