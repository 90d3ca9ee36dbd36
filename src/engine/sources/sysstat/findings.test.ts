import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createLocalTransport } from '@engine/transports/local'
import { chooseArchives } from './archives'
import { describeFound } from './findings'
import { createSysstatSource } from './index'
import { usualOptions } from './options'
import { parseSurvey, survey } from './survey'
import { fakeSadf } from './testing/fake-sadf'
import { version11 } from './testing/older-formats'

const now = 1_800_000_000
const there = `version 12.6.1\nnow ${now}\npage 4096\nfolder /var/log/sysstat\n`

function tell(text: string): { available: boolean; detail: string } {
  const seen = parseSurvey(text)
  const { available, detail } = describeFound(
    { survey: seen, archives: chooseArchives(seen, usualOptions.days) },
    usualOptions,
  )
  return { available, detail }
}

describe('what is found of sysstat', () => {
  it('tells why there is no history, and what to do about it', () => {
    expect(tell('')).toEqual({
      available: false,
      detail: 'sysstat is not installed: charts begin when the console connects.',
    })
    expect(tell(`${there}ENABLED="false"\n`).detail).toMatch(
      /does not collect: .*ENABLED="false".*Say "true"/,
    )
    expect(tell(`${there}ENABLED="true"\n`).detail).toMatch(/noted nothing in \/var\/log\/sysstat yet/)
    expect(tell(there.replace('folder /var/log/sysstat\n', '')).detail).toMatch(
      /noted nothing in its folders/,
    )
    const old = `file ${now - 20 * 86_400} 1000 /var/log/sysstat/sa03\n`
    expect(tell(there + old).detail).toMatch(/newest archive is 20 days old/)
    const refused = `file ${now} 1000 /var/log/sysstat/sa03\nrefused /var/log/sysstat/sa03\n`
    expect(tell(there + refused).detail).toMatch(/may not be read by this user: \/var\/log\/sysstat\/sa03/)
    expect(tell(`${there}file ${now} 1000 /var/log/sysstat/sa03\n`)).toEqual({
      available: true,
      detail: 'sysstat 12.6: 1 archive of the last 7 days.',
    })
  })

  it('takes nothing else for an archive', () => {
    const names = ['sa3', 'sa03.xz', 'sar03', 'sa2026030', 'sa0304', 'sa_cache', 'sa03', 'sa20260304']
    const files = names.map((name) => `file ${now} 1000 /var/log/sa/${name}\n`).join('')
    const empty = `file ${now} 0 /var/log/sa/sa05\n`
    const { chosen } = chooseArchives(parseSurvey(there + files + empty), 7)
    expect(chosen.map(({ path }) => path)).toEqual(['/var/log/sa/sa03', '/var/log/sa/sa20260304'])
  })

  it('knows devices and interfaces of this very machine', async () => {
    const transport = createLocalTransport()
    const sadf = fakeSadf('11.0.1')
    sadf.prints('sa01', version11)
    const found = await survey({ transport, signal: new AbortController().signal }, sadf.options)
    await transport.close()
    expect(found).toMatchObject({ version: [11, 0], folders: sadf.options.folders })
    expect(found.pageSize).toBe(Number(execFileSync('getconf', ['PAGESIZE'])))
    expect(Math.abs(found.now - Date.now() / 1_000)).toBeLessThan(60)
    expect(found.files).toHaveLength(1)
    const lines = readFileSync('/proc/diskstats', 'utf8').trim().split('\n')
    const names = lines
      .map((line) => line.trim().split(/ +/))
      .map(([major, minor, name]) => [`dev${major}-${minor}`, name])
    expect(Object.fromEntries(found.devices)).toEqual(Object.fromEntries(names))
    const hardware = readdirSync('/sys/class/net').filter((name) =>
      existsSync(`/sys/class/net/${name}/device/uevent`),
    )
    expect([...found.hardware]).toEqual(hardware)
  })

  it('asks nothing more of a host without sysstat, and does not mind', async () => {
    const transport = createLocalTransport()
    const source = createSysstatSource({ program: 'no-such-sadf' })
    const result = await source.probe({ transport, signal: new AbortController().signal })
    await transport.close()
    expect(result).toMatchObject({ usable: false, findings: [{ source: 'sysstat', available: false }] })
    expect(result.findings).toHaveLength(1)
  })

  it('does not stumble over a sadf that may not be run', async () => {
    const transport = createLocalTransport()
    const sadf = fakeSadf()
    chmodSync(sadf.options.program, 0o644)
    const source = createSysstatSource(sadf.options)
    const { usable } = await source.probe({ transport, signal: new AbortController().signal })
    await transport.close()
    expect(usable).toBe(false)
  })
})
