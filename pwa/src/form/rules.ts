/**
 * The closed rule language of the form: when a question is asked, when a person is counted.
 *
 * A rule is `true`, `false` or a prefix list such as `["and", ["=", "field", "P"], ["age>=", 10]]`. It reads the answers of one record
 * (structural keys included) and a context; whatever is missing, of the wrong type or unknown makes a comparison false.
 * The server's twin is `models/form/rules.py`; both are held to `tests/vectors/rules.json`.
 */
export type Rule = unknown
export type Answers = Readonly<Record<string, unknown>>
export type Context = Readonly<Record<string, unknown>>

export const NONRESPONSE: readonly string[] = ['tidak_tahu', 'tidak_mau_menjawab']
const MAX_DEPTH = 16
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/

/** A rule that is not of the language. */
export class RuleError extends Error {}

/** True for any stored answer, a non-response included; null, "" and [] are no answer. */
export const isAnswered = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)

/** True for *tidak tahu* and *tidak mau menjawab*. */
export const isNonresponse = (value: unknown): boolean => typeof value === 'string' && NONRESPONSE.includes(value)

/** True for an answer that says something: answered and not a non-response. */
export const isKnown = (value: unknown): boolean => isAnswered(value) && !isNonresponse(value)

type Args = readonly unknown[]
type Plain = (args: Args, answers: Answers, context: Context) => boolean
type Nested = (args: Args, answers: Answers, context: Context, depth: number) => boolean

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const get = (from: unknown, key: unknown): unknown => {
  const name = String(key)
  return isObject(from) && Object.prototype.hasOwnProperty.call(from, name) ? from[name] : undefined
}
const chosen = (answers: Answers, field: unknown): Args => {
  const value = get(answers, field)
  return Array.isArray(value) ? value : []
}

/** Decides a rule for one record. Throws RuleError where the rule is not of the language. */
export function applies(rule: Rule, answers: Answers, context: Context): boolean {
  return decide(rule, answers, context, 0)
}

function decide(rule: Rule, answers: Answers, context: Context, depth: number): boolean {
  if (typeof rule === 'boolean') return rule
  if (depth >= MAX_DEPTH) throw new RuleError('aturan terlalu dalam')
  if (!Array.isArray(rule) || typeof rule[0] !== 'string') throw new RuleError(`bukan aturan: ${JSON.stringify(rule)}`)
  const name: string = rule[0]
  const args: Args = rule.slice(1)
  const nested = NESTED.get(name)
  if (nested) return nested(args, answers, context, depth + 1)
  const plain = PLAIN.get(name)
  if (!plain) throw new RuleError(`operator tak dikenal: ${name}`)
  count(name, args, plain[0])
  if (!AGES.has(name)) named(name, args[0])
  return plain[1](args, answers, context)
}

function count(name: string, args: Args, wanted: number): void {
  if (args.length !== wanted) throw new RuleError(`${name} butuh ${wanted} bagian`)
}

function named(name: string, key: unknown): void {
  if (typeof key !== 'string') throw new RuleError(`${name} butuh nama: ${JSON.stringify(key)}`)
}

/** A literal, or what `{"field": id}`, `{"context": key}` or `{"setting": key}` points at. */
function operand(value: unknown, answers: Answers, context: Context): unknown {
  if (!isObject(value)) return value
  const [entry, ...others] = Object.entries(value)
  if (entry && others.length === 0) {
    if (entry[0] === 'field') return get(answers, entry[1])
    if (entry[0] === 'context') return get(context, entry[1])
    if (entry[0] === 'setting') return get(context['settings'], entry[1])
  }
  throw new RuleError(`pembanding tak dikenal: ${JSON.stringify(value)}`)
}

/** Strict: numbers with numbers, text with text, booleans with booleans; nothing else. */
const equal = (left: unknown, right: unknown): boolean =>
  (typeof left === 'number' || typeof left === 'string' || typeof left === 'boolean') && left === right

/** Numbers by size, ISO days by date; any other pair is false. */
function ordered(sign: string, left: unknown, right: unknown): boolean {
  const numbers = typeof left === 'number' && typeof right === 'number'
  const days = typeof left === 'string' && typeof right === 'string' && DAY.test(left) && DAY.test(right)
  if (!numbers && !days) return false
  const [a, b] = [left as number, right as number]
  if (sign === '<') return a < b
  if (sign === '<=') return a <= b
  return sign === '>' ? a > b : a >= b
}

function literals(options: unknown): Args {
  if (!Array.isArray(options)) throw new RuleError(`bukan daftar: ${JSON.stringify(options)}`)
  return options
}

const listed = (value: unknown, options: unknown): boolean => literals(options).some((option) => equal(value, option))

function differs(left: unknown, right: unknown): boolean {
  return isKnown(left) && isKnown(right) && !equal(left, right)
}

const SIGNS = ['<', '<=', '>', '>=']
const AGES = new Set(['age', 'months'].flatMap((key) => SIGNS.map((sign) => key + sign)))

const PLAIN = new Map<string, [number, Plain]>([
  ['=', [2, (args, answers, context) => equal(get(answers, args[0]), operand(args[1], answers, context))]],
  ['!=', [2, (args, answers, context) => differs(get(answers, args[0]), operand(args[1], answers, context))]],
  ['in', [2, (args, answers) => listed(get(answers, args[0]), args[1])]],
  ['has', [2, (args, answers) => listed(args[1], chosen(answers, args[0]))]],
  ['any', [2, (args, answers) => chosen(answers, args[0]).some((value) => listed(value, args[1]))]],
  ['all', [2, (args, answers) => literals(args[1]).every((option) => listed(option, chosen(answers, args[0])))]],
  ['answered', [1, (args, answers) => isAnswered(get(answers, args[0]))]],
  ['known', [1, (args, answers) => isKnown(get(answers, args[0]))]],
  ['flag', [1, (args, _, context) => get(context, args[0]) === true]],
  ['is', [2, (args, answers, context) => equal(get(context, args[0]), operand(args[1], answers, context))]],
  ['setting', [2, (args, _, context) => equal(get(context['settings'], args[0]), args[1])]],
  ...SIGNS.map((sign): [string, [number, Plain]] => [
    sign,
    [2, (args, answers, context) => ordered(sign, get(answers, args[0]), operand(args[1], answers, context))],
  ]),
  ...['age', 'months'].flatMap((key) =>
    SIGNS.map((sign): [string, [number, Plain]] => [
      key + sign,
      [1, (args, answers, context) => ordered(sign, get(context, key), operand(args[0], answers, context))],
    ]),
  ),
])

const every = (args: Args, answers: Answers, context: Context, depth: number): boolean[] =>
  args.map((rule) => decide(rule, answers, context, depth))

const NESTED = new Map<string, Nested>([
  ['and', (...all) => every(...all).every(Boolean)],
  ['or', (...all) => every(...all).some(Boolean)],
  [
    'not',
    (args, answers, context, depth) => {
      count('not', args, 1)
      return !decide(args[0], answers, context, depth)
    },
  ],
  [
    'rows',
    (args, answers, context, depth) => {
      count('rows', args, 2)
      named('rows', args[0])
      const rows = chosen(answers, args[0]).filter(isObject)
      return rows.map((row) => decide(args[1], row, context, depth)).some(Boolean)
    },
  ],
  [
    'of',
    (args, _, context, depth) => {
      count('of', args, 2)
      named('of', args[0])
      const other = get(context, args[0])
      return decide(args[1], isObject(other) ? other : {}, context, depth)
    },
  ],
])
