import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { shellProgram } from './shell-program'

const mark = 'end-of-answer'
const shells = [['dash'], ['bash'], ['busybox', 'sh']].filter(
  ([program = '']) => existsSync(`/bin/${program}`) || existsSync(`/usr/bin/${program}`),
)

/** All answers to the requests, as `[outcome, content]`. */
function answers(shell: readonly string[], requests: readonly string[]): [string, string][] {
  const [program = '', ...args] = shell
  const output = execFileSync(program, [...args, '-c', shellProgram(mark)], {
    input: requests.join(''),
    encoding: 'latin1',
  })
  const parts = output.split(`\n${mark} `)
  return parts.slice(1).map((part, index) => {
    const before = parts[index] ?? ''
    const content = index === 0 ? before : before.slice(before.indexOf('\n') + 1)
    return [part.slice(0, part.indexOf('\n')), content]
  })
}

describe.each(shells)('the shell that reads files, as %s %s', (...shell) => {
  const words = shell.filter((word) => typeof word === 'string')
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xcp-shell-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('gives texts and bytes as they are', () => {
    const text = join(folder, "a 'text' $x")
    writeFileSync(text, '  first \\n\n\nlast without end')
    writeFileSync(join(folder, 'empty'), '')
    const binary = Buffer.from([...Array(256).keys()])
    writeFileSync(join(folder, 'binary'), binary)
    const got = answers(words, [
      `text 0\n${text}\n`,
      `text 0\n${join(folder, 'empty')}\n`,
      `text 0\n${join(folder, 'binary')}\n`,
      `bytes 1000\n${join(folder, 'binary')}\n`,
      `bytes 10\n${join(folder, 'binary')}\n`,
      'text 0\n/proc/version\n',
    ])
    const version = execFileSync('cat', ['/proc/version'], { encoding: 'latin1' })
    expect(got).toEqual([
      ['ok', '  first \\n\n\nlast without end'],
      ['ok', ''],
      ['ok', binary.toString('latin1')],
      ['ok', binary.toString('latin1')],
      ['ok', binary.subarray(0, 10).toString('latin1')],
      ['ok', version],
    ])
  })

  it('gives names', () => {
    for (const name of ['plain', '.hidden', 'a b', '*', '-n']) writeFileSync(join(folder, name), '')
    mkdirSync(join(folder, 'sub'))
    const [[outcome, names] = ['', ''], empty] = answers(words, [
      `names 0\n${folder}\n`,
      `names 0\n${join(folder, 'sub')}\n`,
    ])
    expect(outcome).toBe('ok')
    expect(names.split('/').sort()).toEqual(['', '*', '-n', '.hidden', 'a b', 'plain', 'sub'])
    expect(empty).toEqual(['ok', ''])
  })

  it('says why not', () => {
    execFileSync('mkfifo', [join(folder, 'fifo')])
    const requests = ['missing', 'fifo', '.'].map((name) => `bytes 10\n${join(folder, name)}\n`)
    const got = answers(words, [...requests, `text 0\n${folder}\n`, 'names 0\n/no/such\n', 'odd\n/x\n'])
    expect(got.map(([outcome]) => outcome)).toEqual([
      'missing',
      'special',
      'directory',
      'directory',
      'missing',
      'failed',
    ])
  })

  it('starts no process for a text, where the shell can read it by itself', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'x')
    const [program = '', ...args] = words
    // Nothing could be found to be started.
    const child = spawn(program, [...args, '-c', `PATH=/nowhere; ${shellProgram(mark)}`], { stdio: 'pipe' })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stdin.end(`text 0\n${file}\n`)
    await new Promise((resolve) => child.once('close', resolve))
    // dash needs a `cat`, which it does not find here.
    expect(output).toBe(words[0] === 'dash' ? `\n${mark} failed\n` : `x\n${mark} ok\n`)
    chmodSync(file, 0o600)
  })
})
