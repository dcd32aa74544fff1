/** Who uses the phone now, as a signal for the screens. */
import { signal } from '@preact/signals'
import type { Profile } from './profile'

export const profile = signal<Profile | null>(null)
