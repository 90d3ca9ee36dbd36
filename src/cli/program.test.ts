import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { until } from '../../tests/support/poll'
import { lines, sampleShape, useProgram } from './testing/program'

const program = useProgram()
const { xcpDiag, inShell } = program

describe('xcp-diag on this machine', () => {
  it('is a program of its own, and says how it is used', async () => {
    expect(readFileSync(program.file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    const help = xcpDiag('--help')
    expect(await help.code).toBe(0)
    expect(help.out()).toContain('4 identity refused')
    const wrong = xcpDiag('metrics')
    expect(await wrong.code).toBe(2)
    expect(wrong.out()).toBe('')
    expect(wrong.err()).toContain('metrics needs a HOST')
  })

  it('prints a table with the first full values', async () => {
    const run = xcpDiag('metrics', 'local')
    expect(await run.code).toBe(0)
    expect(run.err()).toBe('')
    expect(run.out()).toMatch(/^CPU {2,}[<\d.]+ %/m)
    expect(run.out()).toMatch(/^Memory {2,}[\d.]+ [KMG]iB of/m)
    expect(run.out()).toMatch(/^Interface .*received/m)
    expect(run.out()).toMatch(/^\/ +[\d.]+ %/m)
    expect(run.out()).not.toContain('\u001b')
  })

  it('follows in JSON: one object for each sample, missing values null', async () => {
    const run = xcpDiag('metrics', 'local', '--follow', '--json')
    await until(() => lines(run).length >= 3)
    run.child.kill('SIGINT')
    expect(await run.code).toBe(130)
    const samples = lines(run).map((line) => v.parse(sampleShape, JSON.parse(line)))
    const times = samples.map(({ time }) => time)
    expect(times.slice(1).every((time, at) => time > times[at]!)).toBe(true)
    for (const { metrics } of samples) {
      expect(metrics['/metrics/host/host/cpu']).toBeGreaterThanOrEqual(0)
      expect(metrics['/metrics/host/host/cpu']).toBeLessThanOrEqual(1)
      expect(Object.keys(metrics).some((path) => path.startsWith('/metrics/filesystem/'))).toBe(true)
    }
  })

  it('follows in lines, and ends when nobody reads any more', async () => {
    const run = inShell('xcp-diag metrics local --follow | head -n 3')
    expect(await run.code).toBe(0)
    expect(run.err()).toBe('')
    const [header = '', first = '', second = ''] = lines(run)
    expect(header).toMatch(/^time +CPU +I\/O wait/)
    expect(first).toMatch(/^\d\d:\d\d:\d\d +[<\d.]+ %/)
    expect(second).toMatch(/^\d\d:\d\d:\d\d/)
    expect(first.length).toBe(header.length)
  })

  it('takes a password from an open descriptor only, and never repeats it', async () => {
    const closed = inShell('xcp-diag metrics local --password-fd 77')
    expect(await closed.code).toBe(2)
    expect(closed.err()).toContain('file descriptor 77')
    const mistaken = xcpDiag('metrics', 'local', '--password-fd', 'hunter2')
    expect(await mistaken.code).toBe(2)
    expect(mistaken.err()).not.toContain('hunter2')
  })
})
