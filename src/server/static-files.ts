import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { contentTypeOf } from './content-types'

/** One file of the build, held in memory. */
export interface StaticFile {
  readonly contentType: string
  readonly body: Buffer
  /** The same, brotli-compressed at build time. */
  readonly brotli?: Buffer | undefined
  /** Strong validator of `body`; the compressed form adds `-br`. */
  readonly etag: string
  /** Its name holds a hash of its content, so it never changes. */
  readonly immutable: boolean
}

export type StaticFiles = ReadonlyMap<string, StaticFile>

/** A console's build is a few megabytes; more is a wrong folder. */
const mostBytes = 128 * 1024 * 1024

const hashedName = /-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/

/**
 * Reads a build once: request target -> file. Requests are looked up here and never joined to a path, so that no
 * spelling of a path leads out of the list. Symbolic links, hidden files and unknown types are left out;
 * `name.br` beside a file is its compressed form.
 * @param prefix where the files are served, with its closing slash
 */
export async function readStaticFiles(directory: string, prefix = '/'): Promise<StaticFiles> {
  const contents = new Map<string, Buffer>()
  let bytes = 0
  for (const path of await listFiles(directory)) {
    if (contentTypeOf(path.replace(/\.br$/, '')) === undefined) continue
    const content = await readFile(join(directory, path))
    bytes += content.byteLength
    if (bytes > mostBytes) throw new Error(`${directory} holds more than ${mostBytes} bytes: not a build.`)
    contents.set(path.split(sep).join('/'), content)
  }
  const files = new Map<string, StaticFile>()
  for (const [path, body] of contents) {
    const contentType = contentTypeOf(path)
    if (contentType === undefined) continue
    files.set(prefix + path, {
      contentType,
      body,
      brotli: contents.get(`${path}.br`),
      etag: createHash('sha256').update(body).digest('base64url').slice(0, 22),
      immutable: hashedName.test(path),
    })
  }
  return files
}

async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => path.split(sep).every((part) => !part.startsWith('.')))
    .sort()
}
