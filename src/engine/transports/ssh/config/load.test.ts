import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aliasesOf } from './aliases'
import { loadSshConfig, usualConfigFiles } from './load'
import type { LoadedFile } from './model'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ssh-config-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

async function write(name: string, text: string): Promise<string> {
  const path = join(home, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode: 0o600 })
  return path
}

const load = (path: string, scope: 'user' | 'system' = 'user') =>
  loadSshConfig([{ path, scope }], { user: 'me', home })
const includedBy = (file: LoadedFile | undefined): string[] =>
  (file?.lines ?? []).flatMap((line) => line.included).map((included) => included.path.slice(home.length + 1))

describe('loadSshConfig', () => {
  it('reads the usual files, those that are missing as empty', async () => {
    const path = await write('.ssh/config', 'Port 2222')
    expect(usualConfigFiles(home).map((file) => file.path)).toEqual([path, '/etc/ssh/ssh_config'])
    const config = await load(join(home, 'missing'))
    expect(config).toEqual({ files: [], warnings: [] })
  })

  it('includes by wildcards in byte order, without hidden files, and from ~/.ssh', async () => {
    for (const name of ['b.conf', 'a.conf', 'A.conf', '.hidden.conf', 'c.txt', '10.conf', '9.conf']) {
      await write(`.ssh/conf.d/${name}`, '')
    }
    await write('.ssh/own', '')
    await write('.ssh/more/x/config', '')
    await write('.ssh/more/y/config', '')
    const path = await write(
      '.ssh/config',
      'Include conf.d/*.conf\nInclude ~/.ssh/own missing "more/[!x]/config" conf.d/[0-9].conf conf.d/?.conf',
    )
    const config = await load(path)
    expect(config.warnings).toEqual([])
    expect(includedBy(config.files[0])).toEqual([
      ...['10', '9', 'A', 'a', 'b'].map((name) => `.ssh/conf.d/${name}.conf`),
      '.ssh/own',
      '.ssh/more/y/config',
      '.ssh/conf.d/9.conf',
      ...['9', 'A', 'a', 'b'].map((name) => `.ssh/conf.d/${name}.conf`),
    ])
  })

  it('takes brackets that are no range, and backslashes, for what they are', async () => {
    for (const name of ['a-b', 'a]b', 'a+b', 'a*b', 'a.b']) await write(`d/${name}`, '')
    const includes = (pattern: string) =>
      load(join(home, 'config')).then((config) => [pattern, includedBy(config.files[0])])
    const cases: [string, string[]][] = [
      ['a[]-]b', ['d/a-b', 'd/a]b']],
      ['a[^.]b', ['d/a*b', 'd/a+b', 'd/a-b', 'd/a]b']],
      ['a\\*?', ['d/a*b']],
      ['?\\*b', ['d/a*b']],
      ['?+b', ['d/a+b']],
      ['?.b', ['d/a.b']],
      ['a[z-a]b', []],
    ]
    for (const [pattern, expected] of cases) {
      await write('config', `Include '${home}/d/${pattern}'`)
      expect(await includes(pattern)).toEqual([pattern, expected])
    }
  })

  it('stops at files that include one another', async () => {
    const path = await write('.ssh/config', 'Include config\nInclude config\nPort 2222')
    const config = await load(path)
    expect(config.warnings).toEqual([
      {
        kind: 'mistake',
        message: 'Files include one another without end; no more were read.',
        hint: 'Look for an Include line that leads back to its own file.',
        origin: { file: path, line: 1 },
      },
    ])
  })

  it('includes sixteen levels deep', async () => {
    for (let level = 0; level < 17; level++)
      await write(`.ssh/level${level}`, `Host at${level}\nInclude level${level + 1}`)
    const config = await load(join(home, '.ssh/level0'))
    expect(config.warnings).toEqual([])
    await write('.ssh/level17', '')
    expect((await load(join(home, '.ssh/level0'))).warnings).toHaveLength(1)
  })

  it('says what is wrong with an Include', async () => {
    const path = await write('config', 'Include ""\nInclude ~nobody-here/x')
    expect((await load(path)).warnings.map((warning) => warning.message)).toEqual([
      'Include names an empty path.',
      'Include "~nobody-here/x": The home directory of "nobody-here" is not known here: write the whole path.',
    ])
    const system = await write('system', 'Include ~/x')
    expect((await load(system, 'system')).warnings.map((warning) => warning.message)).toEqual([
      'A file of the system cannot include from a home directory.',
    ])
  })

  it.each([0o602, 0o622, 0o666])(
    'refuses a file with mode %o, which others could have written',
    async (mode) => {
      const path = await write('config', 'Host *\nProxyJump evil')
      await chmod(path, mode)
      const config = await load(path)
      expect(config.files).toEqual([])
      expect(config.warnings).toMatchObject([
        { kind: 'mistake', hint: `Check what it says, then: chmod 600 ${path}` },
      ])
    },
  )

  it.runIf(process.getuid?.() === 0)('refuses a file that belongs to somebody else', async () => {
    const path = await write('config', 'Port 2222')
    await chown(path, 1234, 0)
    expect((await load(path)).files).toEqual([])
  })

  it.each([0o600, 0o644, 0o640])('reads a file with mode %o', async (mode) => {
    const path = await write('config', 'Port 2222')
    await chmod(path, mode)
    expect((await load(path)).files).toHaveLength(1)
  })

  it('reports a directory in the place of a file, and reads the next', async () => {
    await mkdir(join(home, 'd/part'), { recursive: true })
    await write('d/third', 'Port 22')
    const path = await write('config', `Include ${home}/d/*`)
    const config = await load(path)
    expect(includedBy(config.files[0])).toEqual(['d/third'])
    expect(config.warnings).toMatchObject([
      { message: `${join(home, 'd/part')} was not read: This is not a regular file.`, origin: { line: 1 } },
    ])
  })
})

describe('aliasesOf', () => {
  it('lists names in full, once each, with the line that names them first', async () => {
    const path = await write(
      'config',
      [
        'Host xcp1 xcp2 xcp?',
        'Host !xcp3 xcp3',
        'Host * !x',
        'Host xcp2 "lab host" -x [fe80::1]',
        'Match host xcp9',
        'Host ::1',
      ].join('\n'),
    )
    expect(aliasesOf(await load(path))).toEqual([
      { alias: 'xcp1', origin: { file: path, line: 1 } },
      { alias: 'xcp2', origin: { file: path, line: 1 } },
      { alias: '[fe80::1]', origin: { file: path, line: 4 } },
      { alias: '::1', origin: { file: path, line: 6 } },
    ])
  })

  it('looks into included files, as far as the lines around them apply', async () => {
    const part = await write('.ssh/part', 'Host lab-1 web')
    const path = await write('.ssh/config', 'Include part\nHost first')
    expect(aliasesOf(await load(path)).map(({ alias, origin }) => [alias, origin.file])).toEqual([
      ['lab-1', part],
      ['web', part],
      ['first', path],
    ])
    await write('.ssh/config', 'Host lab-*\nInclude part\nMatch user root\nInclude part2')
    await write('.ssh/part2', 'Host db')
    expect(aliasesOf(await load(path)).map(({ alias }) => alias)).toEqual(['lab-1', 'db'])
  })
})
