import {
  appendFile,
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildChildProgram, type ChildProgram } from '../../../tests/support/child-program'
import { expectNoLeaks } from '../../../tests/support/leaks'
import { mountSmallDisk } from '../../../tests/support/small-disk'
import { removeLeftovers, writeWholeFile } from './atomic-file'
import { readWholeFile } from './read-file'

const asRoot = process.getuid?.() === 0
const trialDisk = mountSmallDisk(64)
trialDisk?.release()

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomic-file-'))
  file = join(folder, 'list.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const modeOf = async (path: string) => (await stat(path)).mode & 0o7777

describe('writing whole files', () => {
  it('makes the file and its folders for their owner only', async () => {
    const inside = join(folder, 'a', 'b', 'list.json')
    await writeWholeFile(inside, 'x')
    expect(await modeOf(inside)).toBe(0o600)
    expect(await modeOf(join(folder, 'a', 'b'))).toBe(0o700)
    expect(await readFile(inside, 'utf8')).toBe('x')
  })

  it('is not open to others under a lax umask, and complete under a strict one', async () => {
    for (const mask of [0o000, 0o277]) {
      const before = process.umask(mask)
      try {
        await writeWholeFile(join(folder, `under-${mask}`), 'x')
      } finally {
        process.umask(before)
      }
      expect(await modeOf(join(folder, `under-${mask}`))).toBe(0o600)
    }
  })

  it.each([0o600, 0o640, 0o644, 0o444])('keeps mode %o of what it replaces', async (mode) => {
    await writeFile(file, 'before')
    await chmod(file, mode)
    await writeWholeFile(file, 'after')
    expect(await readFile(file, 'utf8')).toBe('after')
    expect(await modeOf(file)).toBe(mode)
  })

  it('gives the mode it is told to', async () => {
    await writeFile(file, 'before')
    await chmod(file, 0o644)
    await writeWholeFile(file, 'after', { mode: 0o600 })
    expect(await modeOf(file)).toBe(0o600)
  })

  it.runIf(asRoot)('leaves the file to its owner when root writes it', async () => {
    await writeFile(file, 'before')
    await chown(file, 12345, 23456)
    await writeWholeFile(file, 'after')
    expect(await stat(file)).toMatchObject({ uid: 12345, gid: 23456 })
  })

  it('writes behind a symbolic link, and leaves the link', async () => {
    const real = join(folder, 'dotfiles', 'real.json')
    await mkdir(join(folder, 'dotfiles'))
    await writeFile(real, 'before')
    await symlink('dotfiles/real.json', file)
    await writeWholeFile(file, 'after')
    expect(await readFile(real, 'utf8')).toBe('after')
    expect((await lstat(file)).isSymbolicLink()).toBe(true)
    expect(await readdir(join(folder, 'dotfiles'))).toEqual(['real.json'])
  })

  it('refuses a symbolic link to nothing', async () => {
    await symlink('nowhere', file)
    await expect(writeWholeFile(file, 'x')).rejects.toMatchObject({ code: 'conflict', where: file })
    expect(await readdir(folder)).toEqual(['list.json'])
  })

  it('takes the content piece by piece', async () => {
    await writeWholeFile(file, pieces(['one ', 'two ', 'three']))
    expect(await readFile(file, 'utf8')).toBe('one two three')
  })

  it('holds what the last of many concurrent writers gave it', async () => {
    const content = fc.uint8Array({ maxLength: 2_000 })
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 8 }), async (contents) => {
        await Promise.all(contents.map((bytes) => writeWholeFile(file, bytes)))
        expect(await readFile(file)).toEqual(Buffer.from(contents.at(-1) ?? []))
        expect(await readdir(folder)).toEqual(['list.json'])
      }),
      { numRuns: 20 },
    )
  })

  it('leaves no descriptor behind, whether it succeeds or fails', { timeout: 60_000 }, async () => {
    await expectNoLeaks(async () => {
      await writeWholeFile(file, 'x')
      await writeWholeFile(file, failing(10)).catch(() => undefined)
      await writeWholeFile(file, 'x', { expected: null }).catch(() => undefined)
    }, 8)
  })
})

describe('a write that fails', () => {
  const whole = 'the old content'
  beforeEach(() => writeFile(file, whole))
  afterEach(async () => {
    expect(await readFile(file, 'utf8')).toBe(whole)
    expect(await readdir(folder)).toEqual(['list.json'])
  })

  it('because the content ends in an error', async () => {
    await expect(writeWholeFile(file, failing(300_000))).rejects.toMatchObject({
      code: 'internal',
      message: 'Writing the file failed: no more.',
      where: file,
    })
  })

  it('because it was aborted, before or on the way', async () => {
    const early = AbortSignal.abort()
    await expect(writeWholeFile(file, 'new', { signal: early })).rejects.toMatchObject({ code: 'cancelled' })
    const controller = new AbortController()
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let count = 0; ; count++) {
        if (count === 20) controller.abort()
        yield Buffer.alloc(1_000)
        await Promise.resolve()
      }
    }
    const aborted = writeWholeFile(file, endless(), { signal: controller.signal })
    await expect(aborted).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('because the file is not what was expected', async () => {
    const conflict = { code: 'conflict', where: file }
    for (const expected of [null, Buffer.from(''), Buffer.from('the old conten_')]) {
      await expect(writeWholeFile(file, 'new', { expected })).rejects.toMatchObject(conflict)
    }
  })
})

describe('a write that cannot be', () => {
  it('says so of a folder that is a file, and of a file that is a folder', async () => {
    await writeFile(file, 'x')
    await expect(writeWholeFile(join(file, 'below'), 'x')).rejects.toMatchObject({ code: 'not-found' })
    await mkdir(join(folder, 'sub'))
    await expect(writeWholeFile(join(folder, 'sub'), 'x')).rejects.toMatchObject({
      code: 'not-supported',
      message: 'Writing the file failed: it is a folder.',
    })
    expect((await readdir(folder)).sort()).toEqual(['list.json', 'sub'])
  })

  it('succeeds where the expectation holds', async () => {
    await writeWholeFile(file, 'one', { expected: null })
    await writeWholeFile(file, 'two', { expected: Buffer.from('one') })
    expect(await readFile(file, 'utf8')).toBe('two')
  })

  it.runIf(trialDisk)('on a full disk leaves the old file whole, and says so', async () => {
    const disk = mountSmallDisk(256)
    try {
      const onDisk = join(disk!.path, 'list.json')
      await writeWholeFile(onDisk, 'old'.repeat(10_000))
      disk!.fill(8_192)
      for (let round = 0; round < 3; round++) {
        await expect(writeWholeFile(onDisk, 'new'.repeat(10_000))).rejects.toMatchObject({
          code: 'limit-exceeded',
          message: 'Writing the file failed: the disk is full.',
          hint: expect.stringContaining('Make room') as unknown,
          where: onDisk,
        })
        await expect(writeWholeFile(onDisk, failing(30_000))).rejects.toMatchObject({
          code: 'limit-exceeded',
        })
        expect(await readFile(onDisk, 'utf8')).toBe('old'.repeat(10_000))
        expect((await readdir(disk!.path)).sort()).toEqual(['.filler', 'list.json'])
      }
      disk!.fill(100_000)
      await writeWholeFile(onDisk, 'new'.repeat(10_000))
      expect(await readFile(onDisk, 'utf8')).toBe('new'.repeat(10_000))
    } finally {
      disk!.release()
    }
  })
})

describe('leftovers of killed writers', () => {
  it('are removed, and nothing else is', async () => {
    const ending = '0123456789abcdef.tmp'
    const others = [
      'list.json',
      'list.json.tmp',
      `other.json.${ending}`,
      'list.json.0123.tmp',
      `a list.json.${ending}`,
    ]
    for (const name of [...others, `list.json.${ending}`]) await writeFile(join(folder, name), 'x')
    await removeLeftovers(file)
    expect((await readdir(folder)).sort()).toEqual([...others].sort())
  })

  it('in a folder that does not exist are no trouble', async () => {
    await expect(removeLeftovers(join(folder, 'no', 'list.json'))).resolves.toBeUndefined()
  })
})

describe('a writer that is killed', () => {
  let program: ChildProgram
  beforeAll(async () => (program = await buildChildProgram('src/engine/files/testing/write-loop.ts')))
  afterAll(() => program.remove())

  it('leaves the old or the new content, and readers never see another', { timeout: 120_000 }, async () => {
    let newest = 0
    for (let kill = 0; kill < 12; kill++) {
      const writer = program.start(file, String(newest + 1))
      await writer.nextMessage()
      const end = performance.now() + Math.random() * 60
      do newest = await wholeNumberIn(file)
      while (performance.now() < end)
      writer.process.kill('SIGKILL')
      await writer.ended
      const found = await wholeNumberIn(file)
      // What was reported as written is written.
      expect(found).toBeGreaterThanOrEqual(Number(writer.messages.at(-1)))
      newest = found
    }
    await removeLeftovers(file)
    expect(await readdir(folder)).toEqual(['list.json'])
  })

  async function wholeNumberIn(path: string): Promise<number> {
    const text = String(await readWholeFile(path, 1_000_000))
    const line = text.slice(0, 10)
    expect(text === line.repeat(20_000), `${text.length} bytes from ${JSON.stringify(line)}`).toBe(true)
    return Number(line)
  }
})

describe('reading whole files', () => {
  it('gives the bytes, or null where there is no file', async () => {
    expect(await readWholeFile(file, 10)).toBeNull()
    await writeFile(file, '0123456789')
    expect(String(await readWholeFile(file, 10))).toBe('0123456789')
  })

  it('refuses what is too large, or no file', async () => {
    await writeFile(file, '0123456789')
    await appendFile(file, 'x')
    await expect(readWholeFile(file, 10)).rejects.toMatchObject({ code: 'limit-exceeded', where: file })
    await expect(readWholeFile(folder, 10)).rejects.toMatchObject({ code: 'not-supported' })
    await expect(readWholeFile('/dev/zero', 10)).rejects.toMatchObject({ code: 'not-supported' })
    await expect(readWholeFile(join(file, 'below'), 10)).rejects.toMatchObject({ code: 'not-found' })
  })
})

async function* pieces(texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await Promise.resolve()
    yield Buffer.from(text)
  }
}

/** So many bytes, then an error. */
async function* failing(bytes: number): AsyncGenerator<Uint8Array> {
  for (let given = 0; given < bytes; given += 1_000) {
    await Promise.resolve()
    yield Buffer.alloc(1_000)
  }
  throw new Error('no more')
}
