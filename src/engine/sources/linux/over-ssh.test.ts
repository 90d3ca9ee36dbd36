import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '@engine/clock'
import type { SshTransport } from '@engine/transports/ssh'
import { connectTo } from '@engine/transports/ssh/testing/connecting'
import { startSshd, type TestSshd } from '../../../../tests/support/sshd'
import { readEnvironment } from './environment'
import { readAll, type HostFile } from './host-file'
import { LoadSampler } from './load-sampler'
import { RecordingSink } from './testing/recording-sink'

const text = ({ content }: HostFile): string => Buffer.from(content ?? []).toString('latin1')
/** The line, but for numbers that may have changed meanwhile. */
const form = (line: string): string => line.replaceAll(/\d+/g, '#').replaceAll(/ +/g, ' ').trim()
const linesOf = (file: string): string[] => file.split('\n').filter(Boolean).map(form)

describe('files of a real kernel, read in parts over SFTP', () => {
  let server: TestSshd
  let transport: SshTransport
  let files: readonly HostFile[]
  beforeAll(async () => {
    server = await startSshd()
    transport = await connectTo(server, server.authorize('id'))
    const signal = new AbortController().signal
    const context = { transport, signal, clock: systemClock, sink: new RecordingSink() }
    files = new LoadSampler(context, await readEnvironment(context)).files
    await readAll(files)
  })
  afterAll(async () => {
    await transport.close()
    await server.close()
  })

  it('hold the wanted lines, each in full', async () => {
    await readAll(files)
    for (const file of files) {
      const whole = linesOf(readFileSync(file.path, 'latin1'))
      for (const line of linesOf(text(file))) {
        // Of the line of interrupts, the sum is enough.
        const found = line === 'intr #' || whole.includes(line)
        expect(found, `${file.path}: ${line}`).toBe(true)
      }
    }
    const contents = new Map(files.map((file) => [file.path, text(file)]))
    expect(contents.get('/proc/stat')).toMatch(
      /^cpu  .*\ncpu0 .*\nintr \d+\nctxt \d+\nbtime \d+\nprocesses \d+\nprocs_running \d+\nprocs_blocked \d+\n$/s,
    )
    expect(contents.get('/proc/meminfo')).toMatch(/^MemTotal: .*\nMemAvailable: .*\nDirty: +\d+ kB\n$/s)
    expect(contents.get('/proc/vmstat')).toMatch(/^pswpin .*\npgmajfault \d+\n$/s)
    expect(contents.get('/proc/net/dev')).toMatch(/^ *lo: *\d/)
  })

  it('are a fraction of the whole', async () => {
    const { bytesRead } = transport.cost()
    await readAll(files)
    const whole = files.reduce((sum, { path }) => sum + readFileSync(path).length, 0)
    expect(transport.cost().bytesRead - bytesRead).toBeLessThan(whole)
  })
})
