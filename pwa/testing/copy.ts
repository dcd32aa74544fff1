/** Copies every database of one phone into another: a clone, or a storage backup put back. */

const ask = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

function opened(factory: IDBFactory, name: string, upgrade?: (db: IDBDatabase) => void): Promise<IDBDatabase> {
  const request = factory.open(name, 1)
  if (upgrade) request.onupgradeneeded = () => upgrade(request.result)
  return ask(request)
}

function sameStores(from: IDBDatabase, db: IDBDatabase): void {
  for (const name of from.objectStoreNames) {
    const old = from.transaction(name).objectStore(name)
    const keyPath = old.keyPath as string | string[] | null
    const store = db.createObjectStore(name, { ...(keyPath === null ? {} : { keyPath }), autoIncrement: old.autoIncrement })
    for (const index of old.indexNames) {
      const { keyPath: path, multiEntry } = old.index(index)
      store.createIndex(index, path as string, { multiEntry })
    }
  }
}

/** Makes `to` hold exactly what `from` holds. */
export async function copyAll(from: IDBFactory, to: IDBFactory): Promise<void> {
  for (const { name } of await from.databases()) {
    await ask(to.deleteDatabase(name!))
    const source = await opened(from, name!)
    const target = await opened(to, name!, (db) => sameStores(source, db))
    for (const store of source.objectStoreNames) {
      const old = source.transaction(store).objectStore(store)
      const [keys, values] = await Promise.all([ask(old.getAllKeys()), ask(old.getAll())])
      const put = target.transaction(store, 'readwrite').objectStore(store)
      values.forEach((value, at) => (put.keyPath === null ? put.put(value, keys[at]) : put.put(value)))
    }
    source.close()
    target.close()
  }
}
