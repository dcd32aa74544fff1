/** One life of the app: it runs until it is done or until the app ends at a mark, and never writes again after that. */
import { marks } from '../src/mark'
import type { Phone } from './server'

export interface Life {
  /** Names of the marks that were passed, in order. */
  passed: string[]
  /** The mark at which the app ended, or null. */
  endedAt: string | null
}

/** Runs `work` on this phone and ends the app at the mark where `endsHere` says so. */
export async function live(phone: Phone, endsHere: (name: string, count: number) => boolean, work: () => Promise<unknown>): Promise<Life> {
  const life: Life = { passed: [], endedAt: null }
  marks.passed = (name) => {
    if (life.endedAt !== null) throw new Error('dead')
    life.passed.push(name)
    if (!endsHere(name, life.passed.length)) return
    life.endedAt = name
    phone.die()
    throw new Error(`ended at ${name}`)
  }
  try {
    await work()
  } catch (error) {
    if (life.endedAt === null) throw error
  } finally {
    marks.passed = () => undefined
  }
  return life
}
