/** Bugs planted on purpose, one at a time: histories must find each, or they prove nothing. */

interface Named {
  name: string
  says: string
}

/** In the app: where in `src/`, what stands there once, and what is put in its place. */
export interface AppPlant extends Named {
  file: string
  old: string
  fresh: string
}

/** In the server: one of the simulator's own, by its name there. */
interface ServerPlant extends Named {
  server: string
}

export type Plant = AppPlant | ServerPlant

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
    old: 'store.put({ ...rest, ...noted, ...numbered, settled_at: answer.server.now, verdict: sealed.get(verdict.id) })',
    fresh: 'void [rest, noted, numbered, sealed], store.delete([row.outbox, row.n])',
  },
  {
    name: 'fork_gives_new_ids',
    says: 'A fork gives edits new ids, so that the server cannot know them again.',
    file: 'store/outbox.ts',
    old: 'store.put({ ...row, outbox: into, n: n++ })',
    fresh: 'store.put({ ...row, id: newOutboxId(), outbox: into, n: n++ })',
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
  { name: 'applied_again', says: 'The server applies an edit again that was here before.', server: 'applied_again' },
  { name: 'no_dedupe', says: 'The server does not know an edit again.', server: 'no_dedupe' },
  { name: 'fork_unseen', says: 'The server lets two phones use one outbox.', server: 'fork_unseen' },
  { name: 'no_departures', says: 'The server tells nobody what left.', server: 'gone_unsent' },
]
