/**
 * The two things a test must be able to steer: the time and the randomness of this phone.
 * Nothing else in `src/` calls `Date.now`, `new Date()` without arguments, or `getRandomValues`.
 */

export const seams = {
  /** Milliseconds since 1970 by this phone's own clock, which may be wrong by years. */
  now: (): number => Date.now(),
  random: (bytes: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(bytes)),
}

/** The present instant as ISO text in UTC, e.g. `2026-11-23T08:00:00.000Z`. */
export function nowText(): string {
  return new Date(seams.now()).toISOString()
}

/** The present day in Asia/Jakarta (UTC+7, no summer time), YYYY-MM-DD. */
export function today(): string {
  return new Date(seams.now() + 7 * 3600_000).toISOString().slice(0, 10)
}
