import { appendFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { changeWholeFile } from './change-file'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'change-file-'))
  file = join(folder, 'list')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const withLine =
  (line: string) =>
  (content: Buffer): Buffer =>
    Buffer.concat([content, Buffer.from(`${line}\n`)])

it('makes the file, adds to it, and leaves it alone', async () => {
  await changeWholeFile(file, 1024, withLine('a'))
  await changeWholeFile(file, 1024, withLine('b'))
  await changeWholeFile(file, 1024, () => null)
  expect(await readFile(file, 'utf8')).toBe('a\nb\n')
})

it('keeps a line that another program added in between', async () => {
  await writeFile(file, 'first\n')
  let disturbed = 0
  await changeWholeFile(file, 1024, (content) => {
    if (disturbed++ < 2) appendFileSync(file, `from ssh ${disturbed}\n`)
    return withLine('ours')(content)
  })
  expect(await readFile(file, 'utf8')).toBe('first\nfrom ssh 1\nfrom ssh 2\nours\n')
})

it('gives up on a file that never rests, and leaves no temporary file', async () => {
  const endless = changeWholeFile(file, 1 << 20, (content) => {
    appendFileSync(file, 'x\n')
    return content
  })
  await expect(endless).rejects.toMatchObject({ code: 'conflict', where: file })
  expect(await readdir(folder)).toEqual(['list'])
})
