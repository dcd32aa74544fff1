import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { digest } from './digest'
import { sha256 } from './sha256'

interface Vectors {
  terms: { id: string; version: number; term: string }[]
  digests: { name: string; records: [string, number][]; digest: string }[]
}

const path = new URL('../../../tests/vectors/digest.json', import.meta.url)
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors

describe('sha256', () => {
  test.each([0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 1000, 70_000])('%i bytes: equals the reference', (length) => {
    const bytes = randomBytes(length)
    expect(Buffer.from(sha256(bytes)).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
  })
})

describe('digest', () => {
  test('no records: zero', () => expect(digest([])).toBe('0000000000000000'))

  test('shared vectors, single terms: equal the server', () => {
    for (const { id, version, term } of vectors.terms) expect(digest([{ id, version }])).toBe(term)
  })

  test.each(vectors.digests)('shared vector "$name": equals the server in any order', ({ records, digest: expected }) => {
    const list = records.map(([id, version]) => ({ id, version }))
    expect(digest(list)).toBe(expected)
    expect(digest(list.reverse())).toBe(expected)
  })
})
