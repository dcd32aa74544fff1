/**
 * The one seam through which every stored value passes.
 *
 * What is written to IndexedDB with a person's data in it goes through `seal`, what is
 * read comes through `open`. Ids, versions, states, days, codes and numbers stay clear for the indexes.
 * Both are asynchronous and must be called outside a transaction, because IndexedDB
 * closes a transaction that waits for anything but itself. Today the seam is the identity.
 */

/** What lies in the database in place of a value. */
export type Sealed = unknown

/** Seals a value bound to its place (`store/key`). */
export async function seal(_place: string, value: unknown): Promise<Sealed> {
  return value
}

/** Opens what `seal` made for the same place. */
export async function open<T>(_place: string, sealed: Sealed): Promise<T> {
  return sealed as T
}
