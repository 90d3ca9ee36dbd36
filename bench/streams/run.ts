import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RowStore } from '@engine/streams/row-store'
import { median } from '../support/median'
import type { BenchResult } from '../support/result'
import { benchFollowing } from './following'
import { jsonLines, logLines } from './lines'
import { timeProgram } from './peers'
import { rowFormat, storeOf, timeFilter, timeFirstHits } from './stored'
import { timeOverSsh } from './over-ssh'
import { timeToWindow } from './to-window'

const rows = 1_000_000
const rounds = 5
const start = new Date(Date.now() - rows * 10 - 60_000)

interface Race {
  readonly figure: string
  readonly aim: string
  readonly least: number
  readonly peer: string
  readonly ours: () => number
  readonly theirs: () => number
}

/**
 * Rows in the engine against tools of Debian's (grep, jq, lnav) on the same 1,000,000 rows, in turns. A ratio is
 * their median time by ours: above 1 we are faster.
 */
export async function run(parts: readonly string[] = []): Promise<BenchResult[]> {
  if (parts.includes('following')) return benchFollowing()
  const directory = mkdtempSync(join(tmpdir(), 'xcp-bench-streams-'))
  try {
    return [...(await measure(directory)), ...(await benchFollowing())]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

async function measure(directory: string): Promise<BenchResult[]> {
  const [logFile, jsonFile] = [join(directory, 'xensource.log'), join(directory, 'messages.json')]
  const log = logLines(rows, start)
  writeFileSync(logFile, log)
  const json = jsonLines(rows, start)
  writeFileSync(jsonFile, json)
  const store = storeOf(log, rowFormat('xensource'))
  const jsonStore = storeOf(json, rowFormat('json'))
  const filter = 'process:xenopsd timeout'
  const pattern = ' xenopsd: .*timeout'
  const nested = 'error.code=HANDLE_INVALID'
  same(timeFilter(store, filter).rows, timeProgram(['grep', '-cE', pattern, logFile]).output)
  const select = ['jq', '-c', 'select(.error.code == "HANDLE_INVALID") | .id', jsonFile]
  same(timeFilter(jsonStore, nested).rows, String(timeProgram(select).output.trim().split('\n').length))

  const races: Race[] = [
    {
      figure: 'filter by field and word over stored lines',
      aim: '≥ 1.0, then 2.5',
      least: 1,
      peer: 'grep -cE',
      ours: () => timeFilter(store, filter).milliseconds,
      theirs: () => timeProgram(['grep', '-cE', pattern, logFile]).milliseconds,
    },
    {
      figure: 'word over stored lines, either case',
      aim: '≥ 1.0',
      least: 1,
      peer: 'grep -ciE',
      ours: () => timeFilter(store, 'TIMEOUT').milliseconds,
      theirs: () => timeProgram(['grep', '-ciE', 'timeout', logFile]).milliseconds,
    },
    {
      // lnav's filter cannot be timed alone: without one it prints everything.
      figure: 'the same, against a whole run of lnav',
      aim: '≥ 15',
      least: 15,
      peer: 'lnav -n :filter-in',
      ours: () => timeFilter(store, filter).milliseconds,
      theirs: () => timeProgram(['lnav', '-n', '-c', `:filter-in ${pattern}`, logFile]).milliseconds,
    },
    {
      figure: 'from a file to the rows that match, reading and parsing included',
      aim: 'faster',
      least: 1,
      peer: 'lnav -n :filter-in',
      ours: () => {
        const started = performance.now()
        timeFilter(storeOf(readFileSync(logFile), rowFormat('xensource')), filter)
        return performance.now() - started
      },
      theirs: () => timeProgram(['lnav', '-n', '-c', `:filter-in ${pattern}`, logFile]).milliseconds,
    },
    {
      figure: 'filter by nested field over stored JSON rows',
      aim: '≥ 22',
      least: 22,
      peer: 'jq select',
      ours: () => timeFilter(jsonStore, nested).milliseconds,
      theirs: () => timeProgram(select).milliseconds,
    },
  ]
  const results = races.map(raceResult)
  const held = bytesBeyondText(store)
  results.push({
    figure: 'bytes held for each row beyond its text',
    value: round(held),
    unit: 'bytes',
    aim: '≤ 8',
    met: held <= 8.05,
  })
  const { packed, objects } = await timeToWindow(store)
  const ratio = packed / objects
  results.push({
    figure: 'rows to another process',
    value: round(ratio),
    unit: '×',
    peer: 'batches of objects',
    aim: '≥ 5',
    met: ratio >= 5,
  })
  const { ours, theirs } = await timeOverSsh(log, rows, filter, pattern)
  results.push({
    figure: 'from a real sshd into the store, parsed, one filter on',
    value: round(theirs / ours),
    unit: '×',
    peer: 'ssh host cat file | grep -cE',
    aim: '≥ 1.0',
    met: theirs / ours >= 1,
  })
  for (const [name, text] of [
    ['one of 350', filter],
    ['none', 'process:xenopsd nothinglikethis'],
  ] as const) {
    const first = median(Array.from({ length: rounds }, () => timeFirstHits(store, text, 100)))
    results.push({
      figure: `first 100 hits on 1,000,000 rows, ${name} matches`,
      value: round(first),
      unit: 'ms',
      aim: '≤ 50',
      met: first <= 50,
    })
  }
  results.push({
    figure: 'load of this machine in the last minutes',
    value: loadavg()[1] ?? NaN,
    unit: 'tasks',
  })
  return results
}

function raceResult({ figure, aim, least, peer, ours, theirs }: Race): BenchResult {
  const own: number[] = []
  const other: number[] = []
  for (let at = 0; at < rounds; at++) {
    own.push(ours())
    other.push(theirs())
  }
  const value = median(other) / median(own)
  return { figure, value: round(value), unit: '×', peer, aim, met: value >= least }
}

const round = (value: number): number => Math.round(value * 100) / 100

/** Both must have found the same, or the race means nothing. */
function same(found: number, counted: string): void {
  if (found !== Number(counted)) throw new Error(`we found ${found} rows, the peer ${counted.trim()}`)
}

/** Of the chunks that are full: the one that rows go into has room for more. */
function bytesBeyondText(store: RowStore): number {
  const chunks = [...store.streams].flatMap((stream) => stream.chunks.slice(0, -1))
  const sum = (of: (chunk: (typeof chunks)[number]) => number): number =>
    chunks.reduce((total, chunk) => total + of(chunk), 0)
  return (sum(({ held }) => held) - sum(({ size }) => size)) / sum(({ count }) => count)
}
