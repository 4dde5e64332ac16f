// Runs the browser tests, two files at a time, on one program that makes worlds:
//
//	node run.mjs                 all of them
//	node run.mjs 01 licenses     files whose names contain one of the words
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { openHouse } from './harness/house.mjs'

const here = new URL('.', import.meta.url)
const words = process.argv.slice(2).filter((a) => !a.startsWith('-'))
const flags = process.argv.slice(2).filter((a) => a.startsWith('-'))
const files = readdirSync(here).filter((f) => f.endsWith('.test.mjs') && (words.length === 0 || words.some((w) => f.includes(w)))).sort()
// Those that go through every page take longest: the others fill up beside them.
const long = ['01-', '37-', '42-', '11-']
const place = (f) => (long.findIndex((l) => f.startsWith(l)) + long.length + 1) % (long.length + 1)
files.sort((a, b) => place(a) - place(b))
if (files.length === 0) {
  console.error('no file of tests has such a name')
  process.exit(2)
}
const house = await openHouse()
const args = ['--test', `--test-concurrency=${Math.min(2, availableParallelism())}`, '--test-timeout=900000', '--test-reporter=spec', ...flags, ...files]
const run = spawn(process.execPath, args, { cwd: here, stdio: 'inherit', env: { ...process.env, POTT_CONTROL: JSON.stringify(house) } })
run.once('exit', (code) => process.exit(code ?? 1))
