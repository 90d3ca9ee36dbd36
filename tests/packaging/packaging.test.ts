import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import Ajv from 'ajv'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { readAsar, wrongContents } from '../../scripts/package/contents.mjs'
import { readFuses, wrongFuses } from '../../scripts/package/fuses.mjs'

const root = resolve(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'electron-builder.json'), 'utf8')
const config = v.parse(
  v.looseObject({
    electronFuses: v.record(v.string(), v.boolean()),
    files: v.array(v.string()),
    fileAssociations: v.array(v.looseObject({ ext: v.string() })),
    asar: v.boolean(),
    linux: v.looseObject({ target: v.array(v.string()) }),
    mac: v.looseObject({ target: v.array(v.string()) }),
    win: v.looseObject({ target: v.array(v.string()) }),
  }),
  JSON.parse(text),
)

describe('the configuration of the packages', () => {
  // The published schema of the version that scripts/package.mjs names.
  const schema: unknown = JSON.parse(
    gunzipSync(readFileSync(join(import.meta.dirname, 'electron-builder-26.17.0.schema.json.gz'))).toString(),
  )
  const complaints = (given: unknown): string[] => {
    const ajv = new Ajv({ allErrors: true, unknownFormats: 'ignore', logger: false })
    const valid = ajv.validate(v.parse(v.looseObject({}), schema), given)
    return valid === true
      ? []
      : (ajv.errors ?? []).map(({ dataPath, message }) => `${dataPath} ${message ?? ''}`)
  }

  it('is what electron-builder takes', () => {
    expect(readFileSync(join(root, 'scripts/package.mjs'), 'utf8')).toContain('electron-builder@26.17.0')
    expect(complaints(JSON.parse(text))).toEqual([])
  })

  it('would not be with a slip in it', () => {
    expect(complaints({ ...config, electronFuses: { runAsNode: 'no' } })).not.toEqual([])
    expect(complaints({ ...config, fileAssociation: [] })).not.toEqual([])
    expect(complaints({ ...config, linux: { target: 7 } })).not.toEqual([])
  })

  it('names every fuse that the requirements name, and every kind of package', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    })
    expect(config.asar).toBe(true)
    expect([config.linux, config.mac, config.win].flatMap(({ target }) => target)).toEqual([
      'AppImage',
      'deb',
      'rpm',
      'dmg',
      'nsis',
    ])
    expect(config.fileAssociations.map(({ ext }) => ext)).toEqual(['xdsnap'])
  })
})

describe('fuses of a file', () => {
  const wire = (states: string, version = 1): Buffer =>
    Buffer.concat([
      Buffer.from('ELF something dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
      Buffer.from([version, states.length]),
      Buffer.from(states),
      Buffer.from(' more'),
    ])
  // In the order of the wire: the seventh, V8's snapshot, is left as it is.
  const right = '01001100'

  it('are read', () => {
    expect(readFuses(wire('01r'))).toMatchObject({
      runAsNode: false,
      enableCookieEncryption: true,
      onlyLoadAppFromAsar: null,
    })
    expect(() => readFuses(Buffer.from('no fuses'))).toThrow('no binary of Electron')
    expect(() => readFuses(wire('0', 2))).toThrow('version 2')
  })

  it('are compared with the configuration, each of them, in each copy', () => {
    expect(wrongFuses(wire(right), config.electronFuses)).toEqual([])
    for (const index of [0, 1, 2, 3, 4, 5, 7]) {
      const other = Array.from(right)
        .map((state, at) => (at === index ? (state === '0' ? '1' : '0') : state))
        .join('')
      expect(wrongFuses(wire(other), config.electronFuses)).toHaveLength(1)
      expect(wrongFuses(Buffer.concat([wire(right), wire(other)]), config.electronFuses)).toHaveLength(1)
    }
    expect(wrongFuses(Buffer.from('x'), config.electronFuses)).not.toEqual([])
  })
})

const modules = ['node_modules/ssh2/lib/index.js', 'node_modules/valibot/package.json']

describe('the content of a package', () => {
  const good = [
    'package.json',
    'LICENSE',
    'out/node/desktop.js',
    'out/node/desktop-engine.js',
    'out/node/simulate.js',
    'out/node/chunks/errors-Cc7Ydy83.js',
    'out/preload/index.cjs',
    'out/renderer/index.html',
    ...modules,
  ]

  it('is what it needs and nothing else', () => {
    expect(wrongContents(good)).toEqual([])
    for (const needed of [
      'package.json',
      'out/node/desktop-engine.js',
      'out/node/simulate.js',
      'out/preload/index.cjs',
      ...modules,
    ]) {
      expect(wrongContents(good.filter((path) => path !== needed))).toEqual([`${needed} is missing`])
    }
    for (const more of [
      'src/main/index.ts',
      'out/node/web.js',
      'out/node/desktop.js.map',
      '.env',
      'e2e/electron/double/electron.mjs',
      'tests/a.key',
      'node_modules/vue/index.js',
      'node_modules/ssh2/util/pagent.c',
    ]) {
      expect(wrongContents([...good, more])).toEqual([`${more} does not belong there`])
    }
  })

  it('is read from an asar, with files that have no hash', () => {
    const header = {
      files: {
        'package.json': { size: 2, offset: '0', integrity: { algorithm: 'SHA256' } },
        out: { files: { node: { files: { 'desktop.js': { size: 1, offset: '2' } } } } },
      },
    }
    const json = Buffer.from(JSON.stringify(header))
    const sizes = Buffer.alloc(16)
    sizes.writeUInt32LE(4, 0)
    sizes.writeUInt32LE(json.length, 12)
    expect(readAsar(Buffer.concat([sizes, json, Buffer.from('{}x')]))).toEqual({
      paths: ['package.json', 'out/node/desktop.js'],
      unsealed: ['out/node/desktop.js'],
    })
    expect(() => readAsar(Buffer.alloc(64))).toThrow('no asar')
  })

  it('covers the build: each file that the programs load is in it', () => {
    const built = ['node/chunks', 'renderer', 'renderer/assets'].flatMap((folder) =>
      readdirSync(join(root, 'out', folder), { withFileTypes: true })
        .filter((entry) => entry.isFile() && !/\.(map|br)$/.test(entry.name))
        .map(({ name }) => `out/${folder}/${name}`),
    )
    expect(wrongContents([...good, ...built])).toEqual([])
  })

  it('brings the packages that the programs import', () => {
    const sources = ['desktop.js', 'desktop-engine.js', 'simulate.js'].map((name) =>
      join(root, 'out/node', name),
    )
    const chunks = readdirSync(join(root, 'out/node/chunks')).filter((name) => name.endsWith('.js'))
    const code = [...sources, ...chunks.map((name) => join(root, 'out/node/chunks', name))]
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n')
    const imported = new Set([...code.matchAll(/from "([^."][^"]*)"/g)].map((match) => match[1] ?? ''))
    const foreign = [...imported].filter((name) => !name.startsWith('node:') && name !== 'electron')
    expect(foreign.sort()).toEqual(['ssh2', 'valibot'])
  })
})
