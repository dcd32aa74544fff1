/** Every role and meaning the app asks for exists in the form, and the form hides what is the office's. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Kind } from '../store/types'
import { theForm } from './fixture.test-help'
import { FormView } from './form-view'

const form = new FormView(theForm())
const source = ['../form/', '../screens/'].flatMap((folder) => {
  const url = new URL(folder, import.meta.url)
  const files = readdirSync(url).filter((name) => /\.tsx?$/.test(name) && !name.includes('.test'))
  return files.map((name) => readFileSync(new URL(name, url), 'utf8'))
})
const found = (pattern: RegExp): string[][] => source.flatMap((text) => [...text.matchAll(pattern)].map((match) => match.slice(1)))

test.each(found(/\brole\('(\w+)', '(\w+)'\)/g))('role %s %s exists', (kind, role) => {
  expect(form.role(kind as Kind, role!)).not.toBe('')
})

test.each(found(/\b(?:valueOf|means)\('(\w+)', '(\w+)', '(\w+)'/g))('meaning %s %s %s exists', (kind, role, meaning) => {
  expect(form.valueOf(kind as Kind, role!, meaning!)).not.toBe('')
})

test('sections__office_module__is_not_asked', () => {
  expect(form.sections('member').some((section) => section.module === 'sid')).toBe(false)
})

test('said__in_the_words_of_the_form', () => {
  const field = form.field('member', form.role('member', 'sex'))!
  expect(form.said(field, form.valueOf('member', 'sex', 'female'), 'Ya', 'Tidak')).toBe('Perempuan')
  expect(form.said(field, 'tidak_tahu', 'Ya', 'Tidak')).toBe('Tidak tahu')
  expect(form.said(field, true, 'Ya', 'Tidak')).toBe('Ya')
})
