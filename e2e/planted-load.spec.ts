import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, panel, test } from './support/console'
import { plantLoad } from './support/load'

/** Cumulative counters as the test itself reads them, without any code of the project. */
function readHost(): {
  at: number
  busy: number
  all: number
  written: number
  looped: number
  memory: number
} {
  const cpu = (/^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '').split(' ').map(Number)
  const all = cpu.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0)
  const idle = (cpu[3] ?? 0) + (cpu[4] ?? 0)
  const disks = readFileSync('/proc/diskstats', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/ +/))
  const whole = disks.filter(([, , name]) => /^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+)$/.test(name ?? ''))
  const written = whole.reduce((sum, fields) => sum + Number(fields[9]) * 512, 0)
  const loopback = (/^ *lo:(.*)$/m.exec(readFileSync('/proc/net/dev', 'utf8'))?.[1] ?? '').trim().split(/ +/)
  const meminfo = readFileSync('/proc/meminfo', 'utf8')
  const kib = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(meminfo)?.[1])
  const memory = (kib('MemTotal') - kib('MemAvailable')) * 1024
  return { at: performance.now(), busy: all - idle, all, written, looped: Number(loopback[0]), memory }
}

const scale: Record<string, number> = {
  '%': 0.01,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** The first "12.3 MiB/s" or "45 %" of a text, in base units. */
function valueIn(text: string): number {
  const match = /(\d+(?:\.\d+)?)\s*(%|[KMGT]?i?B)/.exec(text)
  return match ? Number(match[1]) * (scale[match[2] ?? ''] ?? NaN) : NaN
}

const cell = (page: Page, title: string, row: RegExp, column: number): Promise<string | null> =>
  panel(page, title)
    .getByRole('row')
    .filter({ hasText: row })
    .first()
    .getByRole('cell')
    .nth(column)
    .textContent()

/** Mean of what the panels show, read once a second for `seconds`. */
async function watchPanels(
  page: Page,
  seconds: number,
): Promise<{ cpu: number; write: number; memory: number; lo: number; memoryRead: number }> {
  const seen: { cpu: number; write: number; memory: number; lo: number; memoryRead: number }[] = []
  const cpu = panel(page, 'CPU').locator('header')
  for (let second = 0; second < seconds; second++) {
    // The panels show whole seconds, so each is read once.
    await page.waitForTimeout(1_000)
    seen.push({
      memoryRead: readHost().memory,
      cpu: valueIn((await cpu.textContent()) ?? ''),
      write: valueIn(
        ((await panel(page, 'Disks').locator('header').textContent()) ?? '').replace(/^.*write/i, ''),
      ),
      memory: valueIn((await panel(page, 'Memory').locator('header').textContent()) ?? ''),
      lo: valueIn((await cell(page, 'Network', /^lo/, 1)) ?? ''),
    })
  }
  const mean = (pick: (sample: (typeof seen)[number]) => number): number =>
    seen.reduce((sum, sample) => sum + pick(sample), 0) / seen.length
  return {
    cpu: mean((s) => s.cpu),
    write: mean((s) => s.write),
    memory: mean((s) => s.memory),
    lo: mean((s) => s.lo),
    memoryRead: mean((s) => s.memoryRead),
  }
}

test('under a planted load each panel agrees with an independent reading of the host', async ({ tab }) => {
  test.setTimeout(120_000)
  const load = await plantLoad()
  try {
    // Until the load is even: the panels show whole seconds, the first of them half loaded.
    await tab.waitForTimeout(4_000)
    const before = readHost()
    const shown = await watchPanels(tab, 15)
    const after = readHost()
    const seconds = (after.at - before.at) / 1000
    const truth = {
      cpu: (after.busy - before.busy) / (after.all - before.all),
      write: (after.written - before.written) / seconds,
      // A level, not a counter: it is read in the same seconds as the panel.
      memory: shown.memoryRead,
      lo: (after.looped - before.looped) / seconds,
    }
    for (const name of ['cpu', 'write', 'memory', 'lo'] as const) {
      expect(
        Math.abs(shown[name] / truth[name] - 1),
        `${name}: shown ${shown[name]}, read ${truth[name]}`,
      ).toBeLessThan(0.1)
    }
  } finally {
    await load.end()
  }
})
