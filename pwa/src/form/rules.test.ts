/** The rule language against the vectors it shares with its twin on the server. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { applies, RuleError, type Answers, type Context } from './rules'

interface Vector {
  name: string
  rule: unknown
  answers: Answers
  context: Context
  expect: boolean | 'error'
}

const vectors = JSON.parse(readFileSync(new URL('../../../tests/vectors/rules.json', import.meta.url), 'utf8')) as Vector[]

describe('shared vectors', () => {
  test.each(vectors)('$name', ({ rule, answers, context, expect: wanted }) => {
    if (wanted === 'error') expect(() => applies(rule, answers, context)).toThrow(RuleError)
    else expect(applies(rule, answers, context)).toBe(wanted)
  })
})
