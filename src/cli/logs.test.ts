import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSimulatedHost } from '../simulator/simulated-host'
import { until } from '../../tests/support/poll'
import { startTcpProxy } from '../../tests/support/tcp-proxy'
import { lines, useProgram, type Run } from './testing/program'
import { useSimulatedHost } from './testing/simulated'

const program = useProgram()
const { xcpDiag, inShell } = program
const host = useSimulatedHost((directory) => startSimulatedHost({ directory, messagesPerSecond: 5 }))
const written: string[] = []
beforeEach(() => host.admit(program))
afterEach(() => {
  for (const file of written.splice(0)) rmSync(file)
})

const rowShape = v.looseObject({
  time: v.number(),
  host: v.string(),
  source: v.nullable(v.string()),
  text: v.optional(v.string()),
  level: v.optional(v.nullable(v.string())),
  fields: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
  gap: v.optional(v.object({ count: v.nullable(v.number()), reason: v.string() })),
})
type LogRow = v.InferOutput<typeof rowShape>

const rowsOf = (run: Run): LogRow[] => lines(run).map((line) => v.parse(rowShape, JSON.parse(line)))
const textsOf = (run: Run): string[] => rowsOf(run).flatMap(({ text }) => (text === undefined ? [] : [text]))

/** A log of its own on the host. */
function log(name: string, text: string): string {
  const file = host.log(name)
  writeFileSync(file, text)
  written.push(file)
  return file
}

const numbered = (from: number, count: number, pad = ''): string =>
  Array.from({ length: count }, (_, at) => `line ${from + at}${pad}\n`).join('')
const stamp = (time: number): string => {
  const [, month = '', day = '', , clock = ''] =
    /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(new Date(time).toUTCString()) ?? []
  return `${day} ${String(Number(month)).padStart(2)} ${clock}`
}

describe('xcp-diag logs', () => {
  it('prints the last lines with level and source, control characters made visible', async () => {
    const now = Date.now()
    log(
      'own.log',
      [
        `${stamp(now - 9_000)} xcp1 xapi: [ info||7 |VM.start R:5f3a1c0d8e21|xapi] started`,
        `${stamp(now - 8_000)} xcp1 xapi: [error||7 |VM.start R:5f3a1c0d8e21|xapi] \u001b[31mfailed\u202e`,
      ].join('\n') + '\n',
    )
    const run = xcpDiag('logs', host.target(), '--source', 'own.log')
    expect(await run.code, run.err()).toBe(0)
    const [first = '', second = ''] = lines(run)
    expect(lines(run)).toHaveLength(2)
    expect(first).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}own\.log +info +xapi: \[ info/)
    expect(second).toMatch(/ own\.log +error +xapi: .*⟨ESC⟩\[31mfailed⟨U\+202E⟩$/)
    expect(run.out()).not.toContain('\u001b')
    const json = xcpDiag(
      'logs',
      host.target(),
      '--source',
      '/var/log/own.log',
      '--json',
      '--filter',
      'level:error task:"R:5f3a1c0d"',
    )
    expect(await json.code, json.err()).toBe(0)
    expect(rowsOf(json)).toMatchObject([
      {
        source: '/var/log/own.log',
        level: 'error',
        fields: { process: 'xapi', task: 'VM.start R:5f3a1c0d8e21' },
      },
    ])
  })

  it('prints as many lines as are wanted, from further back where they are not there at first', async () => {
    log('own.log', numbered(0, 6_000))
    const few = xcpDiag('logs', host.target(), '--source', 'own.log', '--lines', '3')
    const many = xcpDiag('logs', host.target(), '--source', 'own.log', '--lines', '4500', '--json')
    expect([await few.code, await many.code], few.err() + many.err()).toEqual([0, 0])
    expect(lines(few).map((line) => line.replace(/.*line/, 'line'))).toEqual([
      'line 5997',
      'line 5998',
      'line 5999',
    ])
    expect(textsOf(many)).toEqual(Array.from({ length: 4_500 }, (_, at) => `line ${1_500 + at}`))
  })

  it('reads a log as it is told to, whatever its lines look like, and marks times that are none of a line', async () => {
    log('own.log', Array.from({ length: 20 }, (_, at) => `<11>app: n=${at} big=1\n`).join(''))
    const told = ['--format', 'own.log=logfmt', '--lines', '2']
    const run = xcpDiag('logs', host.target(), '--source', 'own.log', '--json', ...told)
    expect(await run.code, run.err()).toBe(0)
    expect(rowsOf(run).map(({ fields }) => fields?.['big'])).toEqual(['1', '1'])
    expect(rowsOf(run)).toMatchObject([{ approximateTime: true }, { approximateTime: true }])
    const text = xcpDiag('logs', host.target(), '--source', 'own.log', ...told)
    expect(await text.code, text.err()).toBe(0)
    expect(lines(text)[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d~ own\.log /)
    const wrong = xcpDiag('logs', host.target(), '--format', 'own.log=yaml')
    expect(await wrong.code).toBe(2)
    expect(wrong.err()).toContain('--format must be NAME=FORMAT, with one of xensource, smlog,')
    const none = xcpDiag('logs', host.target(), '--format', 'none.log=json')
    expect(await none.code).toBe(1)
    expect(none.err()).toContain('This host has no log "none.log".')
  })

  it('goes back to a moment', async () => {
    const now = Date.now()
    log(
      'own.log',
      Array.from(
        { length: 3_000 },
        (_, at) => `${stamp(now - (3_000 - at) * 1_000)} xcp1 own: line ${at}\n`,
      ).join(''),
    )
    const run = xcpDiag('logs', host.target(), '--source', 'own.log', '--since', '-40m', '--json')
    expect(await run.code, run.err()).toBe(0)
    const texts = textsOf(run)
    expect(texts.at(-1)).toMatch(/line 2999$/)
    expect(texts.length).toBeGreaterThan(2_380)
    expect(texts.length).toBeLessThanOrEqual(2_401)
    expect(rowsOf(run).every(({ time }) => time >= now - 2_401_000)).toBe(true)
  })

  it('follows several logs, each line once and in order, until it is interrupted', async () => {
    const files = ['a.log', 'b.log', 'c.log'].map((name) => log(name, numbered(0, 10)))
    const run = xcpDiag(
      'logs',
      host.target(),
      '--source',
      'a.log',
      '--source',
      'b.log',
      '--source',
      'c.log',
      '--json',
      '--follow',
    )
    await until(() => lines(run).length === 30, run.err)
    for (let round = 0; round < 30; round++) {
      files.forEach((file, at) => appendFileSync(file, numbered(10 + round * (at + 1), at + 1)))
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
    await until(() => lines(run).length >= 30 + 30 * 6, run.err)
    run.child.kill('SIGINT')
    expect(await run.code).toBe(130)
    for (const [at, name] of ['a.log', 'b.log', 'c.log'].entries()) {
      const texts = rowsOf(run)
        .filter(({ source }) => source === `/var/log/${name}`)
        .map(({ text }) => text)
      expect(texts).toEqual(Array.from({ length: 10 + 30 * (at + 1) }, (_, number) => `line ${number}`))
    }
  })

  it('says how many lines a reader missed that was too slow, and holds no more than it may', async () => {
    mkdirSync(join(program.home, 'config'))
    writeFileSync(
      join(program.home, 'config/settings.json'),
      JSON.stringify({ version: 1, hosts: [], memory: { rows: 2 ** 20 } }),
    )
    const file = log('own.log', numbered(0, 10))
    const run = xcpDiag('logs', host.target(), '--source', 'own.log', '--json', '--follow')
    await until(() => lines(run).length === 10, run.err)
    run.child.stdout.pause()
    const [bursts, each] = [24, 2_500]
    const pad = ' '.padEnd(200, 'x')
    for (let burst = 0; burst < bursts; burst++) {
      appendFileSync(file, numbered(10 + burst * each, each, pad))
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    // All have been read by now, for the last line is there when the reader goes on.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    run.child.stdout.resume()
    const last = `line ${9 + bursts * each} `
    await until(() => run.out().includes(last), run.err, 60_000)
    appendFileSync(file, 'the end\n')
    await until(() => run.out().includes('the end'), run.err)
    run.child.kill('SIGINT')
    expect(await run.code).toBe(130)
    const rows = rowsOf(run)
    const shown = rows.flatMap(({ text }) => (text?.startsWith('line ') ? [Number(text.split(' ')[1])] : []))
    const lost = rows.reduce((sum, { gap }) => sum + (gap?.count ?? 0), 0)
    expect(lost).toBeGreaterThan(10_000)
    expect(shown.length + lost).toBe(10 + bursts * each)
    expect(shown.every((number, at) => at === 0 || number > (shown[at - 1] ?? Infinity))).toBe(true)
    expect(rows.find(({ gap }) => gap)?.gap?.reason).toContain('too slowly')
  }, 120_000)

  it('goes on where it was when the host is back', async () => {
    const [, port = ''] = /:(\d+)$/.exec(host.target()) ?? []
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(port) })
    const known = join(program.home, '.ssh/known_hosts')
    writeFileSync(known, readFileSync(known, 'utf8').replaceAll(port, String(proxy.port)))
    const file = log('own.log', numbered(0, 10))
    try {
      const target = host.target().replace(port, String(proxy.port))
      const run = xcpDiag('logs', target, '--source', 'own.log', '--json', '--follow')
      await until(() => lines(run).length === 10, run.err)
      proxy.cut()
      appendFileSync(file, numbered(10, 500))
      await until(() => run.err().includes('Waiting for the host.'), run.err)
      await until(() => lines(run).length >= 510, run.err, 30_000)
      appendFileSync(file, numbered(510, 10))
      await until(() => lines(run).length >= 520, run.err)
      run.child.kill('SIGINT')
      expect(await run.code).toBe(130)
      expect(textsOf(run)).toEqual(Array.from({ length: 520 }, (_, at) => `line ${at}`))
      expect(run.err()).toContain('Live again.')
    } finally {
      await proxy.close()
    }
  }, 60_000)

  it('ends when nobody reads any more', async () => {
    log('own.log', numbered(0, 900))
    const run = inShell(`xcp-diag logs ${host.target()} --source own.log --follow | head -n 5`)
    expect(await run.code, run.err()).toBe(0)
    expect(lines(run)).toHaveLength(5)
  })

  it.each([5, 900])('fails where its output of %d lines could not be written', async (count) => {
    log('own.log', numbered(0, count, 'x'.repeat(600)))
    const run = inShell(`xcp-diag logs ${host.target()} --source own.log > /dev/full`)
    expect(await run.code).toBe(1)
    expect(run.err()).toContain('The output could not be written: ENOSPC')
    expect(run.err().split('could not be written')).toHaveLength(2)
  })

  it('points at what is wrong with a filter, and names the logs there are', async () => {
    const wrong = xcpDiag('logs', 'nowhere.invalid', '--filter', 'level:>=warn (a or')
    expect(await wrong.code).toBe(2)
    expect(wrong.err()).toContain('  level:>=warn (a or\n                    ^\n')
    const since = xcpDiag('logs', 'nowhere.invalid', '--since', 'yesterday')
    expect(await since.code).toBe(2)
    expect(since.err()).toContain('--since must be a time')
    const foreign = xcpDiag('queues', 'local', '--since', '-5m')
    expect(await foreign.code).toBe(2)
    expect(foreign.err()).toContain('queues has no option --since')
    const source = xcpDiag('logs', host.target(), '--source', 'no.log')
    expect(await source.code).toBe(1)
    expect(source.err()).toContain('/var/log/xensource.log')
  })
})
