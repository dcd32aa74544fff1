// PouchDB Server on LevelDB: what express-pouchdb documents, and nothing else.  node server.js FOLDER PORT
// Run in the folder whose node_modules hold the packages.
const { createRequire } = require('node:module')
const need = createRequire(process.cwd() + '/')
const PouchDB = need('pouchdb').defaults({ prefix: process.argv[2] + '/' })
const app = need('express')()
app.use('/', need('express-pouchdb')(PouchDB, { mode: 'minimumForPouchDB', inMemoryConfig: true }))
app.listen(Number(process.argv[3]), '127.0.0.1')
