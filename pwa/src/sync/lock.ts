/**
 * One syncer per profile: a Web Lock shared by every tab and the service worker.
 * Web Locks exist only in secure contexts; over plain http there is no worker, and a lock in this page must do.
 */

let isHeldHere = false

async function withOwnLock(work: () => Promise<void>): Promise<boolean> {
  if (isHeldHere) return false
  isHeldHere = true
  try {
    await work()
  } finally {
    isHeldHere = false
  }
  return true
}

/** Runs `work` unless somebody else is syncing. Returns whether it ran. */
export async function withSyncLock(work: () => Promise<void>): Promise<boolean> {
  if (typeof navigator === 'undefined' || !navigator.locks) return withOwnLock(work)
  return navigator.locks.request('dawis-sync', { ifAvailable: true }, async (lock) => {
    if (!lock) return false
    await work()
    return true
  })
}
