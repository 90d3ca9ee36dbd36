import { toWireError } from '@shared/errors'
import { expandTilde } from './expand'
import { expandGlob } from './glob'
import { localConfigIo, type ConfigIo } from './local-io'
import type { ConfigFile, ConfigLine, ConfigWarning, LoadedFile, Origin, SshConfig } from './model'
import { printable, splitLine } from './words'

export interface LoadContext {
  /** The local user's name and home directory. */
  readonly user: string
  readonly home: string
  /** Default: this machine's files. */
  readonly io?: ConfigIo | undefined
}

const deepestInclude = 16
const maxFiles = 1_024

/** The files that ssh reads, in its order. */
export function usualConfigFiles(home: string): ConfigFile[] {
  return [
    { path: `${home.replace(/\/$/, '')}/.ssh/config`, scope: 'user' },
    { path: '/etc/ssh/ssh_config', scope: 'system' },
  ]
}

/**
 * Reads configuration files with everything they include. A file that is missing says nothing; one that
 * cannot be used, and every line that cannot be read, is a warning.
 */
export async function loadSshConfig(files: readonly ConfigFile[], context: LoadContext): Promise<SshConfig> {
  const loader = new Loader(context)
  const loaded: LoadedFile[] = []
  for (const file of files) {
    const found = await loader.load(file, null, 0)
    if (found !== null) loaded.push(found)
  }
  return { files: loaded, warnings: loader.warnings }
}

class Loader {
  readonly warnings: ConfigWarning[] = []
  readonly #context: LoadContext
  readonly #io: ConfigIo
  #count = 0
  #stopped = false

  constructor(context: LoadContext) {
    this.#context = context
    this.#io = context.io ?? localConfigIo
  }

  async load(file: ConfigFile, includedBy: Origin | null, depth: number): Promise<LoadedFile | null> {
    if (this.#stopped) return null
    const text = await this.#read(file.path, includedBy)
    if (text === null) return null
    if (depth > deepestInclude || ++this.#count > maxFiles) {
      // Going on could take for ever: two lines that include their own file double with each level.
      this.#stopped = true
      this.#mistake(includedBy, 'Files include one another without end; no more were read.', {
        hint: 'Look for an Include line that leads back to its own file.',
      })
      return null
    }
    const lines: ConfigLine[] = []
    for (const [index, written] of text.split('\n').entries()) {
      const origin = { file: file.path, line: index + 1 }
      const split = splitLine(written)
      if (split === null) continue
      if ('message' in split) {
        this.warnings.push({ ...split, origin })
        continue
      }
      const included = split.keyword === 'include' ? await this.#include(file, origin, split.args, depth) : []
      lines.push({ origin, ...split, included })
    }
    return { ...file, lines }
  }

  async #read(path: string, includedBy: Origin | null): Promise<string | null> {
    try {
      return await this.#io.readFile(path)
    } catch (thrown) {
      const { message, hint } = toWireError(thrown)
      this.#mistake(includedBy, `${path} was not read: ${message}`, { hint })
      return null
    }
  }

  async #include(
    from: ConfigFile,
    origin: Origin,
    args: readonly string[],
    depth: number,
  ): Promise<LoadedFile[]> {
    const files: LoadedFile[] = []
    for (const written of args) {
      const pattern = this.#anchored(from, origin, written)
      if (pattern === null) continue
      for (const path of await expandGlob(pattern, this.#io)) {
        const found = await this.load({ path, scope: from.scope }, origin, depth + 1)
        if (found !== null) files.push(found)
      }
    }
    return files
  }

  /** Relative paths begin at ~/.ssh in the person's files, at /etc/ssh in the system's. */
  #anchored(from: ConfigFile, origin: Origin, written: string): string | null {
    if (written === '') {
      this.#mistake(origin, 'Include names an empty path.')
      return null
    }
    if (written.startsWith('/')) return written
    if (from.scope === 'system') {
      if (!written.startsWith('~')) return `/etc/ssh/${written}`
      this.#mistake(origin, 'A file of the system cannot include from a home directory.')
      return null
    }
    const expanded = expandTilde(written.startsWith('~') ? written : `~/.ssh/${written}`, this.#context)
    if ('value' in expanded) return expanded.value
    this.#mistake(origin, `Include ${printable(written)}: ${expanded.mistake}`)
    return null
  }

  #mistake(origin: Origin | null, message: string, more: { hint?: string | undefined } = {}): void {
    this.warnings.push({ kind: 'mistake', message, origin, ...more })
  }
}
