/**
 * Who uses this phone: one profile per person, with the device key that renews her session.
 * The private key is made non-extractable and never leaves IndexedDB. Leaving marks the profile, deletes nothing.
 */
import { ask, choosePerson, chosenPerson, profileDatabase, read, write } from '../store/database'

export interface Role {
  role: string
  area: string
  name: string
  level: string
}

export interface Profile {
  person: string
  device: string | null
  name: string
  roles: Role[]
  isDemo: boolean
  /** Null over plain http, where WebCrypto does not exist: then an expired session needs a new code. */
  key: CryptoKeyPair | null
  isCurrent: boolean
  /** True while the browser's cookie is hers, as far as this app knows. On a shared phone nobody's edits go out under another's name. */
  hasSession: boolean
  /** ISO instant of the activation. */
  since: string
}

/** All profiles of this phone. */
export async function profiles(): Promise<Profile[]> {
  const db = await profileDatabase()
  return read(db, ['profile'], (tx) => ask(tx.objectStore('profile').getAll() as IDBRequest<Profile[]>))
}

/** The person this phone belongs to at the moment; opens her store. */
export async function currentProfile(): Promise<Profile | null> {
  const found = (await profiles()).find((profile) => profile.isCurrent) ?? null
  choosePerson(found?.person ?? null)
  return found
}

/** The profile of the person whose store is open here; another tab may have made somebody else current. */
export async function chosenProfile(): Promise<Profile | null> {
  const person = chosenPerson()
  return (await profiles()).find((profile) => profile.person === person) ?? null
}

/** Keeps a profile, makes it the current one, and the cookie hers where she has just signed in. */
export async function keepProfile(profile: Profile): Promise<void> {
  const others = (await profiles()).filter((other) => other.person !== profile.person)
  const db = await profileDatabase()
  await write(db, ['profile'], async (tx) => {
    const store = tx.objectStore('profile')
    for (const other of others) store.put({ ...other, isCurrent: false, hasSession: other.hasSession && !profile.hasSession })
    store.put({ ...profile, isCurrent: true })
  })
  choosePerson(profile.person)
}

/** Leaves: nobody is current. Her database, her drafts and her unsent edits stay. */
export async function leave(): Promise<void> {
  const all = await profiles()
  const db = await profileDatabase()
  await write(db, ['profile'], async (tx) => {
    for (const profile of all) tx.objectStore('profile').put({ ...profile, isCurrent: false, hasSession: false })
  })
  choosePerson(null)
}
