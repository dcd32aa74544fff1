/**
 * `t(key, values)` gives a text of the app in the person's language.
 *
 * Every word a person reads is in one file per language (`words/id.ts`); questions and choices come with the form instead.
 * `{name}` in a text is replaced by `values.name`. A key that does not exist does not compile.
 */
import { id } from './id'

export type WordKey = keyof typeof id

export const t = (key: WordKey, values?: Record<string, string | number>): string =>
  values ? id[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : id[key]

/** The same lookup for keys built from a code of the server or of the form; undefined when there is no such word. */
export const word = (key: string): string | undefined => (id as Record<string, string>)[key]
