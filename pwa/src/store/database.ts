/**
 * IndexedDB: which databases and stores exist, and how a transaction is run.
 *
 * `dawis` holds the profiles of this phone (one row per person). Each person has a
 * database of her own, `dawis-PERSON`, so that a shared phone mixes nothing and logging out deletes nothing.
 * Every write uses `durability: "strict"`: only after that may a screen say "tersimpan di HP".
 */

const VERSION = 1

export type StoreName = 'record' | 'staged' | 'outbox' | 'draft' | 'inbox' | 'log' | 'scope' | 'meta'

const PERSON_STORES: StoreName[] = ['record', 'staged', 'outbox', 'draft', 'inbox', 'log', 'scope', 'meta']

function makeStore(db: IDBDatabase, name: StoreName): void {
  if (db.objectStoreNames.contains(name)) return
  if (name === 'record' || name === 'staged') {
    const store = db.createObjectStore(name, { keyPath: 'id' })
    store.createIndex('household', 'household')
    store.createIndex('dasawisma', 'dasawisma')
  } else if (name === 'outbox') {
    const store = db.createObjectStore(name, { keyPath: ['outbox', 'n'] })
    store.createIndex('edit', 'id')
    // Sparse indexes: the key exists only while it is true.
    store.createIndex('waiting', 'waiting')
    store.createIndex('overlay', 'overlay')
    store.createIndex('noted', 'noted')
    store.createIndex('settled_at', 'settled_at')
    store.createIndex('touches', 'touches', { multiEntry: true })
  } else if (name === 'log') db.createObjectStore(name, { autoIncrement: true })
  else if (name === 'meta') db.createObjectStore(name)
  else db.createObjectStore(name, { keyPath: { draft: 'key', inbox: 'id', scope: 'dasawisma' }[name] })
}

function upgradePerson(db: IDBDatabase): void {
  for (const name of PERSON_STORES) makeStore(db, name)
}

function upgradeProfiles(db: IDBDatabase): void {
  if (!db.objectStoreNames.contains('profile')) db.createObjectStore('profile', { keyPath: 'person' })
}

function connect(name: string, upgrade: (db: IDBDatabase) => void, lost: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, VERSION)
    request.onupgradeneeded = () => upgrade(request.result)
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      const db = request.result
      db.onversionchange = () => {
        db.close()
        lost()
      }
      db.onclose = lost
      resolve(db)
    }
  })
}

const connections = new Map<string, Promise<IDBDatabase>>()

function connection(name: string, upgrade: (db: IDBDatabase) => void): Promise<IDBDatabase> {
  let found = connections.get(name)
  if (!found) {
    const lost = (): void => void connections.delete(name)
    found = connect(name, upgrade, lost)
    found.catch(lost)
    connections.set(name, found)
  }
  return found
}

/** Forgets open connections; for tests that start a phone anew. */
export function forgetConnections(): void {
  connections.clear()
}

let person: string | null = null

/** Chooses whose database the store speaks to; null closes it for the screens. */
export function choosePerson(id: string | null): void {
  person = id
}

/** Whose database is open, or null before activation. */
export function chosenPerson(): string | null {
  return person
}

/** The open database of the chosen person. Raises when nobody is chosen. */
export function personDatabase(): Promise<IDBDatabase> {
  if (person === null) return Promise.reject(new Error('no-person'))
  return connection(`dawis-${person}`, upgradePerson)
}

/** The database of profiles. */
export function profileDatabase(): Promise<IDBDatabase> {
  return connection('dawis', upgradeProfiles)
}

/** The result of one request as a promise. */
export function ask<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function finished(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve()
    tx.onabort = () => reject(tx.error ?? new DOMException('aborted', 'AbortError'))
    tx.onerror = () => reject(tx.error)
  })
}

/** Runs `work` in one strict read-write transaction and resolves when it is on disk. `work` may only wait for requests of this transaction. */
export async function write<T>(db: IDBDatabase, stores: string[], work: (tx: IDBTransaction) => Promise<T>): Promise<T> {
  const tx = db.transaction(stores, 'readwrite', { durability: 'strict' })
  const end = finished(tx)
  end.catch(() => undefined)
  let result: T
  try {
    result = await work(tx)
  } catch (error) {
    try {
      tx.abort()
    } catch {
      // Already finished: the error below says more.
    }
    throw error
  }
  await end
  return result
}

/** Runs `work` in one read transaction. */
export async function read<T>(db: IDBDatabase, stores: string[], work: (tx: IDBTransaction) => Promise<T>): Promise<T> {
  return work(db.transaction(stores, 'readonly'))
}
