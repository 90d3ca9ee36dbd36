import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { until } from '../../../../../tests/support/poll'
import { running } from '../../../../../tests/support/process-table'
import type { Command } from '../../transport'
import { inputLine } from './input-lines'
import { MarkerReader } from './marker-reader'
import { commandScript, type InputMode } from './script'

const shells = [['dash'], ['bash'], ['busybox', 'sh']].filter(
  ([program = '']) => existsSync(`/bin/${program}`) || existsSync(`/usr/bin/${program}`),
)
/** In a mount namespace of its own, where nothing is in /proc. */
const withoutProc = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh']
let serial = 0

interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly exit: Promise<{ code: number | null; signal: string | null }>
  output(): Buffer
  errors(): string
  reader: MarkerReader
}

/** As sshd does it: in a session of its own, with pipes. */
function run(shell: readonly string[], command: Command, mode: InputMode): Run {
  const nonce = `nonce-${(serial += 1)}`
  const [program = '', ...args] = shell
  const script = commandScript(command, mode, nonce)
  const child = spawn(program, [...args, '-c', script], { detached: true, stdio: 'pipe' })
  child.stdin.on('error', () => undefined)
  const readers = [new MarkerReader(nonce), new MarkerReader(nonce)] as const
  const chunks: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => chunks[0].push(readers[0].take(chunk) ?? Buffer.alloc(0)))
  child.stderr.on('data', (chunk: Buffer) => chunks[1].push(readers[1].take(chunk) ?? Buffer.alloc(0)))
  return {
    child,
    exit: new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal }))),
    output: () => Buffer.concat(chunks[0]),
    errors: () => Buffer.concat(chunks[1]).toString(),
    reader: readers[0],
  }
}

describe.each(shells)('the script around a command, in %s %s', (...shell) => {
  const words = shell.filter((word) => typeof word === 'string')

  it('passes arguments and output, in both modes', async () => {
    const awkward = ['a b', "it's", 'back\\slash', 'new\nline', '$HOME `id`', '', '-n']
    for (const mode of ['no-input', 'input'] as const) {
      const command = run(words, ['printf', '%s\\0', ...awkward], mode)
      expect(await command.exit).toEqual({ code: 0, signal: null })
      expect(command.output().toString().split('\0').slice(0, -1)).toEqual(awkward)
      expect(command.errors()).toBe('')
    }
  })

  it('tells exits and signals as they are, and nothing else', async () => {
    for (const mode of ['no-input', 'input'] as const) {
      const failed = run(words, ['sh', '-c', 'echo oops >&2; exit 3'], mode)
      expect(await failed.exit).toEqual({ code: 3, signal: null })
      expect(failed.errors()).toBe('oops\n')
      const killed = run(words, ['sh', '-c', 'kill -KILL $$'], mode)
      expect(await killed.exit).toEqual({ code: null, signal: 'SIGKILL' })
    }
  })

  it('passes every byte of the input', async () => {
    const input = Buffer.from([...Array(256).keys(), 0x2d, 0x0a, 0x25, 0x73, 0x5c, 0x6e, 0x0a])
    const command = run(words, ['cat'], 'input')
    for (const part of [input, Buffer.from('-n %s\\'), Buffer.from('\n\n'), input.subarray(0, 1)]) {
      command.child.stdin.write(inputLine(part))
    }
    command.child.stdin.write('e\n')
    expect(await command.exit).toEqual({ code: 0, signal: null })
    const expected = Buffer.concat([input, Buffer.from('-n %s\\\n\n'), input.subarray(0, 1)])
    expect(Buffer.compare(command.output(), expected)).toBe(0)
  })

  it('ends the group when the input ends, TERM first', async () => {
    for (const mode of ['no-input', 'input'] as const) {
      const marker = `3000.${process.pid}${(serial += 1)}`
      const polite = run(
        words,
        ['sh', '-c', `trap 'echo bye; exit 9' TERM; echo on; sleep ${marker} & wait`],
        mode,
      )
      await until(() => polite.output().toString() === 'on\n')
      polite.child.stdin.end()
      expect(await polite.exit).toEqual({ code: 9, signal: null })
      expect(polite.output().toString()).toBe('on\nbye\n')
      await until(() => running(marker).length === 0)
      const stubborn = run(
        words,
        ['sh', '-c', `trap '' TERM; echo on; while :; do sleep ${marker}; done`],
        mode,
      )
      await until(() => stubborn.output().toString() === 'on\n')
      stubborn.child.stdin.end()
      expect(await stubborn.exit).toEqual({ code: null, signal: 'SIGKILL' })
      await until(() => running(marker).length === 0)
    }
  })

  it('leaves nothing in the background when the command ends', async () => {
    for (const mode of ['no-input', 'input'] as const) {
      const marker = `3000.${process.pid}${(serial += 1)}`
      const command = run(words, ['sh', '-c', `sleep ${marker} >/dev/null 2>&1 & exit 0`], mode)
      await until(() => command.reader.passed)
      // What sshd does when the first process has ended.
      command.child.once('exit', () => command.child.stdin.destroy())
      expect(await command.exit).toEqual({ code: 0, signal: null })
      await until(() => running(marker).length === 0)
    }
  })

  it('says what cannot be run', async () => {
    for (const [program, problem] of [
      ['no-such-program', 'missing'],
      ['/no/such/program', 'missing'],
      ['/etc/passwd', 'denied'],
      ['/etc', 'denied'],
    ] as const) {
      const command = run(words, [program], 'no-input')
      expect(await command.exit).toEqual({ code: 127, signal: null })
      expect(command.reader.problem, program).toBe(problem)
    }
  })
})

describe('the script around a command, where there is no /proc', () => {
  it.each([['dash'], ['bash']])('works and ends all the same, in %s', async (shell) => {
    for (const mode of ['no-input', 'input'] as const) {
      const command = run([...withoutProc, shell], ['sh', '-c', 'echo out; exit 3'], mode)
      expect(await command.exit).toEqual({ code: 3, signal: null })
      expect(command.output().toString()).toBe('out\n')
      expect(command.errors()).toBe('')
      const marker = `3000.${process.pid}${(serial += 1)}`
      const lasting = run([...withoutProc, shell], ['sh', '-c', `echo on; sleep ${marker} & wait`], mode)
      await until(() => lasting.output().toString() === 'on\n')
      lasting.child.stdin.end()
      expect(await lasting.exit).toEqual({ code: null, signal: 'SIGTERM' })
      await until(() => running(marker).length === 0)
    }
  })
})

describe('the marker', () => {
  it('is found behind noise, in pieces, and its numbers are read', () => {
    const reader = new MarkerReader('nonce-x')
    expect(reader.take(Buffer.from('Welcome!\nno end nonce'))).toBeUndefined()
    expect(reader.noise).toBe('Welcome!\nno end nonce')
    expect(reader.take(Buffer.from('-x 12 -12 7'))).toBeUndefined()
    expect(reader.take(Buffer.from('\nout'))?.toString()).toBe('out')
    expect(reader.ids).toEqual({ pid: 12, killTarget: -12, parent: 7 })
    expect(reader.take(Buffer.from('nonce-x again'))?.toString()).toBe('nonce-x again')
  })
})
