import { describe, expect, it } from 'vitest'
import { systemClock } from '../../clock'
import type { FilePart, PolledFile } from '../../transports/transport'
import { HostFile } from './host-file'
import { keyedLines } from './line-runs'
import { ScriptedHost } from './testing/scripted-host'

const path = '/proc/vmstat'
const rest = 'nr_other 12345\n'.repeat(100)
const content = (faults: number, before = rest): string => `${before}pgfault 1\npgmajfault ${faults}\n${rest}`

/** A host that gives parts of files, and counts what it gave. */
class PartialHost extends ScriptedHost {
  given = 0

  override async openFile(name: string): Promise<PolledFile> {
    const file = await super.openFile(name)
    const read = async (): Promise<Uint8Array> => {
      const whole = await file.read()
      this.given += whole.length
      return whole
    }
    const readParts = async (parts: readonly FilePart[]): Promise<Uint8Array[]> => {
      const whole = await file.read()
      const cut = parts.map(({ start, length }) => whole.subarray(start, start + length))
      this.given += cut.reduce((sum, part) => sum + part.length, 0)
      return cut
    }
    return { path: name, read, readParts, close: () => file.close() }
  }
}

function fileOf(host: ScriptedHost): HostFile {
  const context = { transport: host, clock: systemClock, signal: new AbortController().signal }
  return new HostFile(path, context, [keyedLines({ keys: ['pgmajfault '] })])
}

async function textOf(file: HostFile): Promise<string> {
  await file.read()
  expect(file.error).toBeNull()
  return new TextDecoder().decode(file.content ?? undefined)
}

describe('a file of which some lines are wanted', () => {
  it('is read whole once, and then in parts', async () => {
    const host = new PartialHost({ [path]: content(5) })
    const file = fileOf(host)
    expect(await textOf(file)).toContain('pgmajfault 5\n')
    const whole = host.given
    host.files.set(path, content(67))
    expect(await textOf(file)).toBe('pgmajfault 67\n')
    expect(host.given - whole).toBeLessThan(100)
  })

  it('is read whole in the same turn where its lines have moved away', async () => {
    const host = new PartialHost({ [path]: content(5) })
    const file = fileOf(host)
    await file.read()
    await file.read()
    host.files.set(path, content(6, rest + rest))
    expect(await textOf(file)).toContain('pgmajfault 6\n')
    expect(await textOf(file)).toBe('pgmajfault 6\n')
  })

  it('is read whole from a host that gives no parts', async () => {
    const host = new ScriptedHost({ [path]: content(5) })
    const file = fileOf(host)
    for (let count = 0; count < 3; count++) expect(await textOf(file)).toBe(content(5))
  })
})
