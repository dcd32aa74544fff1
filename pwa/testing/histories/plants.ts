/** Bugs planted on purpose, one at a time: histories must find each, or they prove nothing. */

export interface Plant {
  name: string
  says: string
  /** Where in `src/`, what stands there once, and what is put in its place; empty for a bug of the server. */
  file: string
  old: string
  fresh: string
  /** A bug of the simulator's catalogue, planted in the server. */
  server?: string
}

export const PLANTS: Plant[] = [
  {
    name: 'cleared_at_send',
    says: 'What is sent is not kept until it has its verdict.',
    file: 'store/outbox.ts',
    old: "    mark('queue: before commit')",
    fresh: "    for (const row of picked.rows) tx.objectStore('outbox').delete(rowKey(row))",
  },
  {
    name: 'settled_not_kept',
    says: 'An edit with a verdict is forgotten: a restored server never gets it again.',
    file: 'store/answer.ts',
    old: 'store.put({ ...rest, ...noted, settled_at: answer.server.now, verdict: sealed.get(verdict.id) })',
    fresh: 'void [rest, noted, sealed], store.delete([row.outbox, row.n])',
  },
  {
    name: 'fork_gives_new_ids',
    says: 'A fork gives edits new ids, so that the server cannot know them again.',
    file: 'store/outbox.ts',
    old: 'store.put({ ...row, outbox: into, n: n++ })',
    fresh: 'store.put({ ...row, id: newOutboxId(), outbox: into, n: n++ })',
  },
  {
    name: 'fork_not_seen',
    says: 'A phone does not look whose edit the server holds under its number.',
    file: 'store/answer.ts',
    old: 'if (row) return row.id === id',
    fresh: 'if (row) return true',
  },
  {
    name: 'saved_though_full',
    says: 'A full storage is not told.',
    file: 'store/database.ts',
    old: '  await end\n',
    fresh: '  await end.catch(() => undefined)\n',
  },
  {
    name: 'unsent_leave_with_scope',
    says: 'What waits for a dasa wisma that is no longer hers is thrown away.',
    file: 'store/answer.ts',
    old: '  if (answer.more || !isDrained) return\n',
    fresh: `  const unsent = await ask(tx.objectStore('outbox').index('waiting').getAll() as IDBRequest<OutboxRow[]>)
  for (const row of unsent) if (row.dasawisma && !scope.has(row.dasawisma)) tx.objectStore('outbox').delete([row.outbox, row.n])
  if (answer.more || !isDrained) return\n`,
  },
  {
    name: 'scope_stays',
    says: 'Records of a dasa wisma that is no longer hers stay.',
    file: 'store/answer.ts',
    old: 'for (const row of rows) if (!scope.has(row.dasawisma)) records.delete(row.id)',
    fresh: 'void rows',
  },
  {
    name: 'gone_forgotten',
    says: 'What left a dasa wisma stays on the phone.',
    file: 'store/answer.ts',
    old: 'if (old && old.version < gone.version) tx.objectStore(name).delete(gone.id)',
    fresh: 'void old',
  },
  {
    name: 'page_counts_as_all',
    says: 'A pull that was cut into pages ends with the first.',
    file: 'sync/run.ts',
    old: 'if (answer.more || !isDrained)',
    fresh: 'if (!isDrained)',
  },
  { name: 'applied_again', says: 'The server applies an edit again that was here before.', file: '', old: '', fresh: '', server: 'applied_again' },
  { name: 'no_dedupe', says: 'The server does not know an edit again.', file: '', old: '', fresh: '', server: 'no_dedupe' },
  { name: 'no_departures', says: 'The server tells nobody what left.', file: '', old: '', fresh: '', server: 'gone_unsent' },
]
